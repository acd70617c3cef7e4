/** What stands in the map's place where a browser cannot draw it; the table gives the same figures. */

import { Component } from "react";
import type { ReactNode } from "react";
import { WordsContext } from "../phrases/phrases";

interface MapBoundaryProps {
  children: ReactNode;
}

export class MapBoundary extends Component<MapBoundaryProps, { reason: string | null }> {
  static override contextType = WordsContext;
  declare context: React.ContextType<typeof WordsContext>;
  override state = { reason: null };

  static getDerivedStateFromError(error: unknown): { reason: string } {
    return { reason: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { t } = this.context;
    const { reason } = this.state;
    if (reason === null) return this.props.children;
    return (
      <div className="map-absent" role="status">
        <p>{t("map.absent")}</p>
        <details>
          <summary>{t("failure.detail")}</summary>
          <p>{reason}</p>
        </details>
      </div>
    );
  }
}
