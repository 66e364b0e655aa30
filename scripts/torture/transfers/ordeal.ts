/** What a transfer went through, and what it cost. */
export interface Ordeal {
  cuts: number;
  kills: number;
  /** Bytes that travelled in vain, in all and for the worst single interruption. */
  wastedBytes: number;
  worstWasteBytes: number;
  isEqual: boolean;
  seconds: number;
}
