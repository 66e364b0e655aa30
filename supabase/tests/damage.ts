export interface Damage {
  name: string;
  sql: string;
  /** Where the verification must find it, and in which words. */
  area: "tables" | "indexes" | "policies" | "foreignKeys" | "storage" | "functions" | "api";
  subject: string;
  problem: RegExp;
}
