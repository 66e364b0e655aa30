import { Slider as Base } from "@base-ui/react/slider";
import styles from "./slider.module.css";

type SliderProps = {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
};

export function Slider({ label, value, min, max, step, onChange }: SliderProps) {
  return (
    <Base.Root
      className={styles.root}
      value={value}
      min={min}
      max={max}
      step={step}
      onValueChange={onChange}
    >
      <Base.Control className={styles.control}>
        <Base.Track className={styles.track}>
          <Base.Indicator className={styles.indicator} />
          <Base.Thumb className={styles.thumb} aria-label={label} />
        </Base.Track>
      </Base.Control>
    </Base.Root>
  );
}
