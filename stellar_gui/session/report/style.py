"""How a report looks: one column, quiet colours, light and dark by the reader's system, and paper."""

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --page: #ffffff; --sunken: #f3f5f8; --border: #d9dde3; --axis: #7a828c;
  --text: #1a1d21; --muted: #5b6470; --primary: #1f6bb0; --warning: #a8250f; --ink: #14181d;
  --u: #7b3fbf; --g: #00845f; --r: #c24e00; --i: #8c5a2b; --z: #14181d; }
* { box-sizing: border-box; }
html { font: 17px/1.55 "Source Serif 4", "Source Serif Pro", Charter, "Bitstream Charter", Georgia, serif;
  background: var(--page); color: var(--text); -webkit-text-size-adjust: 100%; }
body { max-width: 46rem; margin: 0 auto; padding: 3.5rem 1.25rem 4rem; hyphens: auto; }
h1, h2, h3, nav, table, dl, figcaption, svg, .lead, .quiet, footer {
  font-family: Inter, "Source Sans 3", "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", Arial, sans-serif; }
h1 { font-size: 2rem; line-height: 1.15; letter-spacing: -0.015em; margin: 0 0 0.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; line-height: 1.25; margin: 3.25rem 0 0.75rem; padding-top: 0.9rem;
  border-top: 1px solid var(--border); }
h3 { font-size: 1rem; line-height: 1.3; margin: 2rem 0 0.4rem; overflow-wrap: anywhere; }
h1, h3, td, th, dd, pre, .key { unicode-bidi: isolate; }
p { margin: 0.6rem 0; overflow-wrap: anywhere; }
.lead { color: var(--muted); font-size: 0.95rem; margin: 0; }
.quiet { color: var(--muted); font-size: 0.82rem; line-height: 1.45; }
nav { margin: 1.4rem 0 0; font-size: 0.85rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; list-style: none; padding: 0; margin: 0; }
a { color: var(--primary); text-decoration-thickness: 1px; text-underline-offset: 0.15em; }
nav a { text-decoration: none; }
nav a:hover, nav a:focus { text-decoration: underline; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.3rem 1.4rem; font-size: 0.86rem;
  line-height: 1.45; margin: 0.8rem 0; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.scrolled { overflow-x: auto; margin: 1.1rem 0; }
table { border-collapse: collapse; min-width: 60%; font-size: 0.84rem; line-height: 1.35;
  font-variant-numeric: tabular-nums lining-nums; }
caption { text-align: left; color: var(--muted); padding: 0 0 0.4rem; }
th, td { text-align: left; padding: 0.28rem 1.5rem 0.28rem 0; vertical-align: baseline; overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-weight: 500; border-bottom: 1px solid var(--axis); white-space: nowrap; }
tbody th { font-weight: 500; min-width: 5.5rem; }
tbody tr + tr > * { border-top: 1px solid var(--border); }
th.number, td.number { text-align: right; white-space: nowrap; overflow-wrap: normal; }
pre { font: 0.8rem/1.5 "JetBrains Mono", "Source Code Pro", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  background: var(--sunken); border-radius: 4px; padding: 0.6rem 0.8rem; margin: 0.6rem 0; white-space: pre-wrap;
  overflow-wrap: anywhere; hyphens: none; }
code { font: 0.9em "JetBrains Mono", "Source Code Pro", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.warnings { padding: 0; list-style: none; }
.warnings li { border-left: 3px solid var(--warning); padding: 0.15rem 0 0.15rem 0.8rem; margin: 0.6rem 0; }
.warnings strong { color: var(--warning); }
figure { margin: 1.4rem 0; }
figcaption { font-size: 0.82rem; line-height: 1.45; color: var(--muted); margin-top: 0.5rem; }
svg { display: block; width: 100%; height: auto; font-size: 12.5px; font-variant-numeric: tabular-nums; }
svg text { fill: var(--muted); }
svg .title { fill: var(--text); }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
.frame { fill: none; stroke: var(--axis); }
.halo, .contour { fill: none; stroke-linejoin: round; }
.halo { stroke: var(--page); stroke-width: 2.6; stroke-opacity: 0.6; }
.contour { stroke: var(--ink); stroke-width: 1; }
svg .percent { fill: var(--ink); font-size: 11px; stroke: var(--page); stroke-width: 4px; paint-order: stroke;
  stroke-linejoin: round; }
.spread { fill: var(--primary); fill-opacity: 0.16; }
.train, .validation { fill: none; stroke: var(--primary); stroke-width: 1.6; stroke-linejoin: round; }
.validation { stroke: var(--ink); stroke-dasharray: 5 3; }
.kept { fill: none; stroke: var(--ink); stroke-width: 1.6; }
.zero { fill: none; stroke: var(--axis); stroke-dasharray: 2 3; }
.band { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.band-u { stroke: var(--u); } .band-g { stroke: var(--g); } .band-r { stroke: var(--r); }
.band-i { stroke: var(--i); } .band-z { stroke: var(--z); }
.only-dark { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: 0.15rem 1rem; margin-top: 0.35rem; color: var(--text); }
.swatch { display: inline-block; width: 0.72em; height: 0.72em; border-radius: 2px; margin-right: 0.45em;
  outline: 1px solid var(--axis); outline-offset: -1px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
footer { margin-top: 3.5rem; padding-top: 0.9rem; border-top: 1px solid var(--border); color: var(--muted);
  font-size: 0.82rem; }
@media screen and (prefers-color-scheme: dark) {
  :root { --page: #1d2126; --sunken: #262b32; --border: #363c44; --axis: #7d8590; --text: #e8eaed; --muted: #9aa3ae;
    --primary: #5aa9e6; --warning: #ff8f73; --ink: #f4f6f8;
    --u: #b78cf0; --g: #3cc79b; --r: #ff9a5c; --i: #cf9a68; --z: #f4f6f8; }
  .only-light { display: none; }
  .only-dark { display: inline; }
}
@page { size: A4; margin: 18mm 20mm 20mm; }
@media print {
  html { font-size: 10.5pt; }
  body { max-width: none; padding: 0; }
  nav { display: none; }
  .scrolled { overflow: visible; break-inside: avoid; }
  figure svg { width: 76%; }
  h2, h3, h2 + p, h3 + p { break-after: avoid; }
  figure, tr, .warnings li { break-inside: avoid; }
  thead { display: table-header-group; }
  a { color: inherit; text-decoration: none; }
}
"""
