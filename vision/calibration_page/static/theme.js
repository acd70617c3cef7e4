/* Puts the kept theme on the document before the first paint. */
const kept = localStorage.getItem("airelib.theme");
if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
