// The stream of changes, opened again whenever it breaks: the server may be restarted while the page stays.

const SHORTEST = 500;
const LONGEST = 5000;

/**
 * Listen for ever. `told(change)` for every change; `connected(again)` once the stream is open, `again` if it was lost
 * before (everything must be asked for again then); `lost()` when it breaks.
 */
export function listen({ told, connected, lost }) {
  let wait = SHORTEST;
  let again = false;

  function open() {
    const stream = new EventSource("/simulator/changes");
    stream.onopen = () => {
      wait = SHORTEST;
      connected(again);
    };
    stream.onmessage = (event) => told(JSON.parse(event.data));
    stream.onerror = () => {
      stream.close();
      again = true;
      lost();
      setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST);
    };
  }

  open();
}
