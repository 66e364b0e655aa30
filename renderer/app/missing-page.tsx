import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { buttonClass } from "../controls/button.tsx";
import { EmptyState } from "../controls/empty-state.tsx";
import { Page, PageBody } from "../controls/page.tsx";

export function MissingPage() {
  return (
    <Page title="Nothing here">
      <PageBody>
        <EmptyState
          icon={Compass}
          title="There is no such page"
          action={
            <Link to="/" className={buttonClass({})}>
              Go to the overview
            </Link>
          }
        >
          The address names nothing that LoRA Desk can show.
        </EmptyState>
      </PageBody>
    </Page>
  );
}
