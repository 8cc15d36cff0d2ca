import { startLive } from "./live.js";
import { startLog } from "./log.js";
import { startMine } from "./mine.js";
import { startTimes } from "./times.js";

// Everything works without this script; with it the page follows the queue by itself.
document.documentElement.classList.add("has-script");
startAll();
if (document.getElementById("main").hasAttribute("data-live")) startLive(startAll);

function startAll() {
  startTimes();
  startMine();
  startLog();
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (button === null) return;
  const source = document.getElementById(button.dataset.copy);
  getSelection().selectAllChildren(source);
  button.dataset.label ??= button.textContent;
  // Without HTTPS there is no clipboard for pages: then the path is at least selected.
  const copied = await navigator.clipboard?.writeText(source.textContent).then(
    () => true,
    () => false,
  );
  button.textContent = copied === true ? "Copied" : "Selected: press Ctrl-C";
  setTimeout(() => {
    button.textContent = button.dataset.label;
  }, 2000);
});
