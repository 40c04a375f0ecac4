/** Light by default, dark where the reader's system is, always light on paper. */
const light = `
--paper:#ffffff;--ground:#f6f7f9;--ink:#16202e;--faint:#556274;--line:#d9dee6;--link:#2456c9;
--good:#1f9254;--good-fill:#dcf3e4;--wait:#b7791f;--wait-fill:#fbeecb;--bad:#cc2f3d;--bad-fill:#fbdcdf;
--off:#7b8697;--off-fill:#e7eaef;--old:#6b7a90;--old-fill:#e4e9f0;--new:#2f6fde;--new-fill:#d9e6fd;
--repoint:#6d3fd6;--repoint-fill:#e7defb;--latency:#0f766e;
--phase-1:#b4541a;--phase-2:#0e7490;--phase-3:#6d3fd6;--phase-4:#3b5b8f;--phase-5:#1f7a4a;--phase-6:#64748b;--on-phase:#ffffff;`

const dark = `
--paper:#151b24;--ground:#0d1219;--ink:#e8edf4;--faint:#a3afbf;--line:#2c3644;--link:#8fb4ff;
--good:#3fbf7b;--good-fill:#173a29;--wait:#e0a83a;--wait-fill:#40320f;--bad:#f26673;--bad-fill:#4b1c23;
--off:#8f9bad;--off-fill:#2a3240;--old:#93a2b8;--old-fill:#29323f;--new:#6fa3ff;--new-fill:#1b2f55;
--repoint:#ab8bff;--repoint-fill:#32255c;--latency:#4fd1c0;
--phase-1:#f0a070;--phase-2:#56c4dc;--phase-3:#b69bff;--phase-4:#9db8e6;--phase-5:#62d096;--phase-6:#a9b6c8;--on-phase:#10151d;`

export const colours = `:root{color-scheme:light dark;${light}}
@media screen and (prefers-color-scheme:dark){:root{${dark}}}`

export const style = `
${colours}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1064px;margin:0 auto;padding:28px 16px 48px}
h1,h2,h3,p,dl,dd,ol,ul,figure{margin:0}
h1{font-size:15px;font-weight:600;color:var(--faint)}
h2{font-size:19px;line-height:1.3;margin:0 0 4px}
h3{font-size:15px;margin:18px 0 6px}
section{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:20px;margin-top:16px}
section>p{color:var(--faint);max-width:75ch;margin-bottom:12px}
.hero{display:grid;gap:20px;grid-template-columns:minmax(0,1fr);padding:24px}
.hero-top{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center}
.badge{font-size:13px;font-weight:700;padding:3px 11px;border-radius:99px;background:var(--off-fill);color:var(--ink)}
.badge::before{content:"";display:inline-block;width:8px;height:8px;border-radius:9px;margin-right:7px;background:var(--off);vertical-align:1px}
.badge.passed{background:var(--good-fill)}.badge.passed::before{background:var(--good)}
.badge.failed{background:var(--bad-fill)}.badge.failed::before{background:var(--bad)}
.badge.interrupted{background:var(--wait-fill)}.badge.interrupted::before{background:var(--wait)}
.figure{font-size:clamp(30px,6.4vw,52px);font-weight:750;letter-spacing:-.025em;line-height:1.08}
.figure small{display:block;font-size:17px;font-weight:500;letter-spacing:0;color:var(--faint);line-height:1.4;margin-top:6px}
.figures{display:flex;flex-wrap:wrap;gap:16px 56px}
.sentence{font-size:17px;max-width:70ch}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px 28px;border-top:1px solid var(--line);padding-top:16px}
.facts dt{font-size:12.5px;color:var(--faint)}.facts dd{font-weight:600;overflow-wrap:anywhere}
.checks{list-style:none;padding:0;display:grid;gap:6px 24px;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr))}
.checks li{padding-left:26px;position:relative}
.checks li::before{content:"✓";position:absolute;left:0;top:2px;width:18px;height:18px;line-height:18px;border-radius:9px;font-size:12px;font-weight:800;text-align:center;background:var(--good-fill);color:var(--ink)}
.checks li.broken::before{content:"✕";background:var(--bad-fill)}
.checks span{color:var(--faint)}
.phases{list-style:none;padding:0;display:grid;gap:10px;grid-template-columns:repeat(auto-fit,minmax(min(100%,172px),1fr));margin:0 0 20px}
.phases li{border:1px solid var(--line);border-top:4px solid var(--phase);border-radius:8px;padding:10px 12px}
.phases b{display:block;font-size:22px;line-height:1.2;letter-spacing:-.01em}
.phases .name{display:flex;gap:7px;align-items:baseline;font-size:14px;line-height:1.35;margin-bottom:2px}
.phases i{font-style:normal;font-weight:700;font-size:12px;background:var(--phase);color:var(--on-phase);border-radius:4px;padding:0 6px}
.phases .at{font-size:12.5px;color:var(--faint)}
.phases .gap{border-style:dashed;color:var(--faint)}
figure+figure{margin-top:28px}
figcaption{font-size:14px;color:var(--faint);margin-bottom:8px}
svg{display:block;width:100%;height:auto}
.narrow{display:none}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;color:var(--faint);font-size:12.5px}
tbody th{color:var(--ink);font-size:14px}
tr>:last-child{padding-right:0}
.n{text-align:right;white-space:nowrap}
.lane{display:inline-block;min-width:70px;font-size:12px;font-weight:600;padding:0 8px;border-radius:5px;background:var(--off-fill);text-align:center}
.lane.rds{background:var(--wait-fill)}.lane.dns{background:var(--new-fill)}.lane.function,.lane.api{background:var(--repoint-fill)}
.lane.client{background:var(--bad-fill)}.lane.targets{background:var(--good-fill)}
.fields{color:var(--faint);overflow-wrap:anywhere}
.better{color:var(--good);font-weight:600}.worse{color:var(--bad);font-weight:600}
details summary{cursor:pointer;font-weight:600}
details[open] summary{margin-bottom:12px}
footer{color:var(--faint);font-size:13px;margin-top:20px}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--faint);margin-top:12px;padding:0;list-style:none}
.legend i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px;vertical-align:-1px;background:var(--c)}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:16px}
@media screen and (max-width:700px){
main{padding:14px 8px 32px}section{padding:15px 12px}.hero{padding:18px 14px}
.wide{display:none}.narrow{display:block}
.phases{gap:6px}.phases li{display:grid;grid-template-columns:1fr auto;border-top-width:1px;border-left:4px solid var(--phase);padding:7px 10px}
.phases .name{margin:0}.phases b{font-size:17px}.phases .at{grid-column:1/-1}
.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stack tr{display:block;padding:8px 0;border-bottom:1px solid var(--line)}
.stack td,.stack tbody th{display:flex;justify-content:space-between;gap:16px;border:0;padding:2px 0;text-align:right}
.stack tbody th{display:block;text-align:left}
.stack td::before{content:attr(data-name);color:var(--faint);text-align:left}
.moments tr{display:grid;grid-template-columns:58px 78px minmax(0,1fr);padding:7px 0;border-bottom:1px solid var(--line)}
.moments td{border:0;padding:0}.moments td.n{text-align:left}.moments .fields{grid-column:3;font-size:13px}
.moments thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
}
@media print{
:root{color-scheme:light}body{background:#fff;font-size:12px}main{max-width:none;padding:0}
section,.hero{border:0;padding:8px 0;break-inside:avoid-page}section.long,section.story{break-inside:auto}figure,.phases{break-inside:avoid}
.hero{gap:10px}.figure{font-size:34px}.sentence,.figure small{font-size:14px}
.wide{display:block}.narrow{display:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
tr{break-inside:avoid}details>*{display:block}
}`
