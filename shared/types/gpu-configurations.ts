export interface GpuConfiguration {
  /** As nvidia-smi writes it. */
  readonly name: string;
  readonly family: "consumer" | "workstation" | "data_centre";
  readonly architecture: GpuArchitecture;
  readonly memory_gb: number;
  /** Rated board power: what the card draws under full load unless it is limited. */
  readonly power_w: number;
  /** In hardware. Where it is missing, fp16 with loss scaling is the choice. */
  readonly supports_bf16: boolean;
  /**
   * What an hour of such a card typically costs to rent, in US dollars: a measure for what a run on
   * one's own card is worth.
   */
  readonly hourly_price_usd: number;
}
export type GpuArchitecture =
  | "Volta"
  | "Turing"
  | "Ampere"
  | "Ada Lovelace"
  | "Hopper"
  | "Blackwell";

type Card = Omit<GpuConfiguration, "family">;

function card(
  name: string,
  architecture: GpuArchitecture,
  memory_gb: number,
  power_w: number,
  hourly_price_usd: number,
): Card {
  // bfloat16 came to the tensor cores with Ampere (compute capability 8.0).
  const supports_bf16 = architecture !== "Volta" && architecture !== "Turing";
  return { name, architecture, memory_gb, power_w, supports_bf16, hourly_price_usd };
}

function ofFamily<K extends string>(
  family: GpuConfiguration["family"],
  cards: Record<K, Card>,
): Record<K, GpuConfiguration> {
  const entries = Object.entries<Card>(cards).map(([id, of]) => [id, { ...of, family }]);
  return Object.fromEntries(entries) as Record<K, GpuConfiguration>;
}

/*
 * Memory and power: nominal values as NVIDIA gives them for each card (SXM modules where the name
 * has SXM or HBM3), written from general knowledge and not checked card by card.
 * Prices: what GPU marketplaces typically ask in 2026, rounded; compared with published prices only
 * for the 3090, 4090, 5090, A6000, L4, L40S, A40, A100, H100, H200, B200 and RTX PRO 6000, estimated
 * for the others. Large clouds ask two to four times as much, and prices move within months: they
 * are a starting point that a researcher replaces by their own.
 */
const consumer = ofFamily("consumer", {
  rtx_2080_ti: card("NVIDIA GeForce RTX 2080 Ti", "Turing", 11, 250, 0.1),
  rtx_3060_12gb: card("NVIDIA GeForce RTX 3060", "Ampere", 12, 170, 0.07),
  rtx_3080: card("NVIDIA GeForce RTX 3080", "Ampere", 10, 320, 0.15),
  rtx_3090: card("NVIDIA GeForce RTX 3090", "Ampere", 24, 350, 0.22),
  rtx_3090_ti: card("NVIDIA GeForce RTX 3090 Ti", "Ampere", 24, 450, 0.27),
  rtx_4060_ti_16gb: card("NVIDIA GeForce RTX 4060 Ti", "Ada Lovelace", 16, 165, 0.1),
  rtx_4070: card("NVIDIA GeForce RTX 4070", "Ada Lovelace", 12, 200, 0.12),
  rtx_4070_ti_super: card("NVIDIA GeForce RTX 4070 Ti SUPER", "Ada Lovelace", 16, 285, 0.2),
  rtx_4080: card("NVIDIA GeForce RTX 4080", "Ada Lovelace", 16, 320, 0.27),
  rtx_4090: card("NVIDIA GeForce RTX 4090", "Ada Lovelace", 24, 450, 0.34),
  rtx_5060_ti_16gb: card("NVIDIA GeForce RTX 5060 Ti", "Blackwell", 16, 180, 0.12),
  rtx_5070_ti: card("NVIDIA GeForce RTX 5070 Ti", "Blackwell", 16, 300, 0.2),
  rtx_5080: card("NVIDIA GeForce RTX 5080", "Blackwell", 16, 360, 0.39),
  rtx_5090: card("NVIDIA GeForce RTX 5090", "Blackwell", 32, 575, 0.69),
});

const workstation = ofFamily("workstation", {
  titan_rtx: card("NVIDIA TITAN RTX", "Turing", 24, 280, 0.2),
  rtx_a4000: card("NVIDIA RTX A4000", "Ampere", 16, 140, 0.17),
  rtx_a5000: card("NVIDIA RTX A5000", "Ampere", 24, 230, 0.2),
  rtx_a6000: card("NVIDIA RTX A6000", "Ampere", 48, 300, 0.45),
  rtx_4000_ada: card("NVIDIA RTX 4000 Ada Generation", "Ada Lovelace", 20, 130, 0.2),
  rtx_6000_ada: card("NVIDIA RTX 6000 Ada Generation", "Ada Lovelace", 48, 300, 0.74),
  rtx_pro_6000: card(
    "NVIDIA RTX PRO 6000 Blackwell Workstation Edition",
    "Blackwell",
    96,
    600,
    1.45,
  ),
});

const dataCentre = ofFamily("data_centre", {
  v100_32gb: card("Tesla V100-SXM2-32GB", "Volta", 32, 300, 0.25),
  t4: card("Tesla T4", "Turing", 16, 70, 0.15),
  a10: card("NVIDIA A10", "Ampere", 24, 150, 0.4),
  a40: card("NVIDIA A40", "Ampere", 48, 300, 0.44),
  a100_40gb: card("NVIDIA A100-SXM4-40GB", "Ampere", 40, 400, 1),
  a100_80gb_pcie: card("NVIDIA A100 80GB PCIe", "Ampere", 80, 300, 1.19),
  a100_80gb: card("NVIDIA A100-SXM4-80GB", "Ampere", 80, 400, 1.39),
  l4: card("NVIDIA L4", "Ada Lovelace", 24, 72, 0.44),
  l40s: card("NVIDIA L40S", "Ada Lovelace", 48, 350, 0.79),
  h100_pcie: card("NVIDIA H100 PCIe", "Hopper", 80, 350, 1.99),
  h100: card("NVIDIA H100 80GB HBM3", "Hopper", 80, 700, 2.69),
  h200: card("NVIDIA H200", "Hopper", 141, 700, 3.59),
  b200: card("NVIDIA B200", "Blackwell", 180, 1000, 5.98),
});

/** The cards that researchers own or rent, by a name of ours. */
export const gpuConfigurations = { ...consumer, ...workstation, ...dataCentre };
