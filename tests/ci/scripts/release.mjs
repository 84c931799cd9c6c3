// A release script as a customer of the original API might have written it: Node with fetch. Written from the API's
// description alone; it is run as it is.
const { SYM_API_URL, SYM_JWT, FLOW, COMMIT, AUTHOR = "nobody@acme.example" } = process.env;

async function sym(path, body) {
  const response = await fetch(SYM_API_URL + path, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Bearer ${SYM_JWT}`, "Content-Type": "application/json; charset=utf-8" },
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.code}: ${answer.message}`);
  return answer;
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function main() {
  const { run_id, event_id, request_body } = await sym("/events/request", {
    flow_srn: FLOW,
    flow_inputs: { commit: COMMIT },
    context: { author: AUTHOR, labels: ["a", "b"], nested: { deep: null } },
  });
  if (request_body.flow_inputs.commit !== COMMIT) throw new Error("this is not what I asked for");
  console.log(`run ${run_id}`);
  for (let tries = 0; tries < 150; tries++) {
    const event = await sym(`/events/${event_id}`);
    if (event.status === "error") throw new Error(event.error);
    const { status } = await sym(`/runs/${run_id}`);
    if (event.status === "success" && ["approved", "escalated"].includes(status)) {
      console.log(`released ${COMMIT}`);
      return 0;
    }
    if (["denied", "expired"].includes(status)) {
      console.log(`not released: ${status}`);
      return 1;
    }
    await sleep(200);
  }
  return 1;
}

main().then(
  (status) => process.exit(status),
  (error) => {
    console.log(error.message);
    process.exit(1);
  },
);
