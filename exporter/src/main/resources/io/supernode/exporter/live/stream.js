/** The state, as often as the server sends it; nothing while nobody looks at the page. */

const PATIENCE_MILLIS = 5000;

/**
 * @param onState called with each state
 * @param onLost called when the server has not been heard of for a while, or has gone
 */
export function follow(onState, onLost) {
  let source = null;
  let watch = null;
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(onLost, PATIENCE_MILLIS);
  };
  const open = () => {
    if (source) return;
    source = new EventSource("/api/v1/stream");
    source.addEventListener("state", (event) => {
      heard();
      onState(JSON.parse(event.data));
    });
    source.addEventListener("error", () => {
      // the browser tries again by itself, unless it was told not to: too many pages are open
      if (source && source.readyState === EventSource.CLOSED) {
        close();
        setTimeout(() => document.hidden || open(), PATIENCE_MILLIS);
      }
    });
    heard();
  };
  const close = () => {
    clearTimeout(watch);
    if (source) source.close();
    source = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  open();
}
