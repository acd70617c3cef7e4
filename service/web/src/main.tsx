/** Where the page starts. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { applyKeptTheme } from "./app/theme";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/charts.css";
import "./styles/carte.css";
import "./styles/commune.css";
import "./styles/propositions.css";
import "./styles/aire.css";
import "./styles/inventaire.css";

applyKeptTheme();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
/** A map that cannot be drawn says so in its own place; nothing more is to be told to the console. */
const onCaughtError = () => undefined;
createRoot(root, { onCaughtError }).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
