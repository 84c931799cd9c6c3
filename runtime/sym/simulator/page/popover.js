// Lists that open over everything else, beside what they belong to.

const GAP = 4;
const EDGE = 8;

/** Put `popover` beneath `anchor`, or above it where there is more room. */
export function place(popover, anchor, { minWidth = 0, align = "start" } = {}) {
  const box = anchor.getBoundingClientRect();
  const { innerWidth, innerHeight } = window;
  popover.style.minWidth = `${Math.min(Math.max(minWidth, 0), innerWidth - 2 * EDGE)}px`;
  popover.style.maxWidth = `${innerWidth - 2 * EDGE}px`;
  const below = innerHeight - box.bottom - GAP - EDGE;
  const above = box.top - GAP - EDGE;
  const isBelow = below >= Math.min(popover.scrollHeight, 240) || below >= above;
  popover.style.maxHeight = `${Math.max(120, Math.min(isBelow ? below : above, 360))}px`;
  const height = popover.offsetHeight;
  popover.style.top = `${isBelow ? box.bottom + GAP : box.top - GAP - height}px`;
  const wanted = align === "end" ? box.right - popover.offsetWidth : box.left;
  popover.style.left = `${Math.max(EDGE, Math.min(wanted, innerWidth - popover.offsetWidth - EDGE))}px`;
}

/** Show a popover (`popover="manual"`) beside its anchor, and keep it there until the function returned is called. */
export function show(popover, anchor, options) {
  popover.showPopover();
  const follow = () => place(popover, anchor, options);
  follow();
  window.addEventListener("resize", follow);
  document.addEventListener("scroll", follow, true);
  const watch = new ResizeObserver(() => requestAnimationFrame(follow));
  watch.observe(popover);
  return () => {
    watch.disconnect();
    window.removeEventListener("resize", follow);
    document.removeEventListener("scroll", follow, true);
    if (popover.isConnected && popover.matches(":popover-open")) popover.hidePopover();
  };
}
