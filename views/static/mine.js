const KEY = "qm.owner";

/** Remembers in this browser who is looking, so that one click shows their own jobs. */
export function startMine() {
  const set = document.querySelector('[data-mine="set"]');
  const go = document.querySelector('[data-mine="go"]');
  const kept = storage();
  if (set === null || go === null || kept === undefined) return;
  const owner = document.querySelector('#filter [name="owner"]');
  const show = () => {
    const mine = kept.getItem(KEY);
    go.hidden = mine === null;
    go.href = `/?owner=${encodeURIComponent(mine ?? "")}#ended`;
    set.hidden = owner.value.trim() === "" || owner.value.trim() === mine;
  };
  show();
  if (set.dataset.started !== undefined) return;
  set.dataset.started = "";
  owner.addEventListener("input", show);
  set.addEventListener("click", () => {
    kept.setItem(KEY, owner.value.trim());
    show();
  });
}

// A browser that is to keep nothing for pages refuses even to be asked.
function storage() {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
