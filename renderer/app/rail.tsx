import { Link } from "@tanstack/react-router";
import { Boxes, Coins, Cpu, Database, Gauge, ListChecks, RefreshCw, Settings } from "lucide-react";
import { NoticeBell } from "../notices/notice-bell.tsx";
import styles from "./rail.module.css";
import { RailFooter } from "./rail-footer.tsx";

const PLACES = [
  { to: "/", name: "Overview", icon: Gauge },
  { to: "/datasets", name: "Datasets", icon: Database },
  { to: "/jobs", name: "Jobs", icon: ListChecks },
  { to: "/models", name: "Models", icon: Boxes },
  { to: "/gpus", name: "GPUs", icon: Cpu },
  { to: "/costs", name: "Costs", icon: Coins },
  { to: "/sync", name: "Sync", icon: RefreshCw },
  { to: "/settings", name: "Settings", icon: Settings },
] as const;

export function Rail() {
  return (
    <aside className={styles.rail} aria-label="LoRA Desk">
      <div className={styles.brand}>
        <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden>
          <rect width="32" height="32" rx="7" className={styles.badge} />
          <path d="M6 9c4 0 4 9 8 9s4 5 12 5" className={styles.curve} />
          <circle cx="26" cy="23" r="2.4" className={styles.point} />
        </svg>
        <span className={styles.name}>LoRA Desk</span>
        <NoticeBell />
      </div>
      <nav aria-label="Main">
        <ul className={styles.places}>
          {PLACES.map(({ to, name, icon: Icon }) => (
            <li key={to}>
              <Link
                to={to}
                className={styles.place}
                activeProps={{ className: styles.current }}
                activeOptions={{ exact: to === "/", includeSearch: false }}
              >
                <Icon size={15} strokeWidth={1.75} aria-hidden />
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <RailFooter />
    </aside>
  );
}
