const KEY = "qm.owner";

/** Remembers in this browser who is looking, so that one click shows their own jobs. */
export function startMine() {
  const set = document.querySelector('[data-mine="set"]');
  const go = document.querySelector('[data-mine="go"]');
  if (set === null || go === null) return;
  const owner = document.querySelector('#filter [name="owner"]');
  const show = () => {
    const mine = localStorage.getItem(KEY);
    go.hidden = mine === null;
    go.href = `/?owner=${encodeURIComponent(mine ?? "")}#ended`;
    set.hidden = owner.value.trim() === "" || owner.value.trim() === mine;
  };
  show();
  if (set.dataset.started !== undefined) return;
  set.dataset.started = "";
  owner.addEventListener("input", show);
  set.addEventListener("click", () => {
    localStorage.setItem(KEY, owner.value.trim());
    show();
  });
}
