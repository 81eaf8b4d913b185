export const shapesCss = `.still{background:var(--t)}
.over,.over>*{display:grid;grid-area:1/1}
.over>[inert]{display:block;filter:blur(3px);opacity:.6}
.looking>[inert]{filter:none;opacity:1}
.over>.card,.over>button{place-self:center;z-index:1;box-shadow:var(--sh);background:var(--up);margin:16px;max-width:360px}
.over>button{place-self:end;padding:0 12px;min-height:36px}
.control{display:inline-block;position:relative}
.control>.plain{display:flex;gap:8px;align-items:center}
.tip{position:absolute;z-index:9;top:100%;width:max-content;max-width:min(290px,80vw);display:grid;gap:4px;padding:12px 14px;border-radius:10px;background:var(--up);box-shadow:var(--sh);font-size:var(--sm);margin-top:8px;text-align:start}
.tip:before{content:"";position:absolute;inset:-10px 0 auto;height:10px}`
