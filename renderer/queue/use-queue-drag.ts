import { useState } from "react";
import type { DragEvent } from "react";
import { moveOnto } from "./queue-order.ts";
import type { Move } from "./queue-order.ts";

type Place = { readonly id: string; readonly isLowerHalf: boolean };

export type RowDrag = {
  readonly isDragged: boolean;
  /** Where a dropped job would go, beside this row. */
  readonly mark: "above" | "below" | null;
  readonly handlers: {
    readonly draggable: true;
    readonly onDragStart: (event: DragEvent<HTMLElement>) => void;
    readonly onDragOver: (event: DragEvent<HTMLElement>) => void;
    readonly onDrop: (event: DragEvent<HTMLElement>) => void;
    readonly onDragEnd: () => void;
  };
};

/** Arranging the queue with the pointer; the buttons of each row do the same for the keyboard. */
export function useQueueDrag(
  order: readonly string[],
  move: (move: Move) => void,
): (id: string) => RowDrag {
  const [dragged, setDragged] = useState<string | null>(null);
  const [place, setPlace] = useState<Place | null>(null);

  const end = (): void => {
    setDragged(null);
    setPlace(null);
  };
  return (id) => ({
    isDragged: dragged === id,
    mark: place?.id === id ? (place.isLowerHalf ? "below" : "above") : null,
    handlers: {
      draggable: true,
      onDragStart: (event) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", id);
        setDragged(id);
      },
      onDragOver: (event) => {
        if (dragged === null) return;
        const { top, height } = event.currentTarget.getBoundingClientRect();
        const over = { id, isLowerHalf: event.clientY > top + height / 2 };
        const isMove = moveOnto(order, dragged, over) !== null;
        if (isMove) event.preventDefault();
        setPlace((before) => {
          if (!isMove) return null;
          return before?.id === id && before.isLowerHalf === over.isLowerHalf ? before : over;
        });
      },
      onDrop: (event) => {
        event.preventDefault();
        const wish = dragged === null || place === null ? null : moveOnto(order, dragged, place);
        if (wish !== null) move(wish);
        end();
      },
      onDragEnd: end,
    },
  });
}
