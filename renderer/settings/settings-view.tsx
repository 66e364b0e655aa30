import { AccountsSection } from "../accounts/accounts-section.tsx";
import { Page, PageBody } from "../controls/page.tsx";
import { HooksSection } from "../notices/hooks-section.tsx";
import { AboutSection } from "./about-section.tsx";
import { AppearanceSection } from "./appearance-section.tsx";
import { EnvironmentSection } from "./environment-section.tsx";
import { OtherPythonSection } from "./other-python-section.tsx";
import { LlamaCppSection } from "./llama-cpp-section.tsx";
import styles from "./settings-view.module.css";
import { SupabaseSection } from "./supabase-section.tsx";
import { UnattendedSection } from "./unattended-section.tsx";

export function SettingsView() {
  return (
    <Page title="Settings" state="Kept in the data folder of this computer">
      <PageBody width="measure">
        <div className={styles.sections}>
          <AppearanceSection />
          <EnvironmentSection />
          <OtherPythonSection />
          <LlamaCppSection />
          <UnattendedSection />
          <HooksSection />
          <AccountsSection />
          <SupabaseSection />
          <AboutSection />
        </div>
      </PageBody>
    </Page>
  );
}
