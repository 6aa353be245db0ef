/** The one style sheet of the pages; colours follow the reader's preference. */
export const STYLE = `
:root { color-scheme: light dark; --text: #172b4d; --soft: #505f79; --line: #c1c7d0; --back: #fff; --panel: #f4f5f7; --link: #0052cc; --act: #0052cc; --act-text: #fff; --new: #dfe1e6; --new-text: #253858; --progress: #deebff; --progress-text: #0747a6; --done: #e3fcef; --done-text: #006644; --note: #fffae6; }
@media (prefers-color-scheme: dark) { :root { --text: #dee4ea; --soft: #9fadbc; --line: #454f59; --back: #1d2125; --panel: #22272b; --link: #85b8ff; --act: #579dff; --act-text: #1d2125; --new: #454f59; --new-text: #dee4ea; --progress: #09326c; --progress-text: #cce0ff; --done: #164b35; --done-text: #baf3db; --note: #533f04; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
header { border-bottom: 1px solid var(--line); background: var(--panel); }
nav { display: flex; flex-wrap: wrap; gap: 1.25rem; align-items: center; max-width: 72rem; margin: 0 auto; padding: .75rem 1.25rem; }
.brand { font-weight: 600; color: var(--text); text-decoration: none; }
.grow { flex: 1; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem 1.25rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--act); outline-offset: 2px; }
.columns { display: grid; gap: 2rem; grid-template-columns: minmax(0, 2fr) minmax(16rem, 1fr); }
@media (max-width: 50rem) { .columns { grid-template-columns: minmax(0, 1fr); } }
.card, .comment { border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem; margin: .75rem 0; }
.comment.internal { background: var(--note); }
.comment p { margin: .25rem 0; }
.meta { color: var(--soft); font-size: .875rem; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.lozenge { display: inline-block; padding: 0 .45rem; border-radius: 4px; font-size: .8rem; font-weight: 600; }
.tone-new { background: var(--new); color: var(--new-text); }
.tone-progress { background: var(--progress); color: var(--progress-text); }
.tone-done { background: var(--done); color: var(--done-text); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; font-size: .875rem; }
dl { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: .35rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
form.inline { display: inline; }
label { display: block; margin: .75rem 0 .25rem; font-weight: 600; }
label.check { font-weight: 400; }
input[type=text], textarea, select { width: 100%; max-width: 40rem; padding: .5rem; font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line); border-radius: 4px; }
textarea { min-height: 6rem; }
button { font: inherit; padding: .4rem .9rem; margin: .5rem .5rem 0 0; border: 1px solid var(--line); border-radius: 4px; background: var(--panel); color: inherit; cursor: pointer; }
td button { margin: 0; }
form > input[type=text] + button { margin-left: .5rem; }
button.primary { background: var(--act); border-color: var(--act); color: var(--act-text); }
pre { overflow: auto; max-height: 20rem; background: var(--panel); padding: .75rem; border-radius: 6px; font-size: .85rem; }
ul.plain { list-style: none; padding: 0; }
`;
