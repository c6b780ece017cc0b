/** The page's only style sheet, and the policy that lets in nothing else. */

export const STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #1c2024; --faint: #60646c; --line: #d9d9e0; --raised: #f6f6f8; --accent: #0b68cb; --good: #18794e; --bad: #ad3100; }
@media (prefers-color-scheme: dark) { :root { --back: #111113; --text: #edeef0; --faint: #b0b4ba; --line: #363a3f; --raised: #1b1c1f; --accent: #70b8ff; --good: #3dd68c; --bad: #ff977d; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--back); color: var(--text); font: 1rem/1.55 system-ui, sans-serif; display: grid; grid-template-columns: 18rem minmax(0, 1fr); }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; padding: .5rem 1rem; background: var(--back); }
.skip:focus { left: 1rem; top: 1rem; z-index: 1; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line); background: var(--raised); font-size: .875rem; }
nav h2 { font-size: .8rem; margin: 1.25rem 0 .25rem; color: var(--faint); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: .2rem .25rem; text-decoration: none; color: var(--text); }
nav a:hover { color: var(--accent); text-decoration: underline; }
main { padding: 2rem clamp(1rem, 4vw, 3rem) 6rem; max-width: 60rem; }
h1 { margin: 0 0 .5rem; }
h2 { margin: 3rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { margin: 2.5rem 0 .25rem; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover { text-decoration: underline; }
h4 { margin: 1.25rem 0 .25rem; font-size: .95rem; }
p { margin: .5rem 0; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: .875em; }
code { overflow-wrap: anywhere; }
pre { margin: .5rem 0; padding: .75rem 1rem; overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: .4rem; }
.route { display: flex; flex-wrap: wrap; gap: .6rem; align-items: baseline; margin: .25rem 0; }
.method { font-weight: 700; font-size: .8rem; padding: .1rem .5rem; border: 1px solid currentColor; border-radius: .3rem; color: var(--accent); }
.post { color: var(--good); } .delete { color: var(--bad); }
.faint { color: var(--faint); font-size: .875rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--faint); font-weight: 600; white-space: nowrap; }
td:first-child { white-space: nowrap; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; max-height: 50vh; border-right: 0; border-bottom: 1px solid var(--line); } td:first-child { white-space: normal; } }
@media print { nav { display: none; } body { display: block; } }
`;
