#!/bin/bash
# A release script as a customer of the original API might have written it: bash, curl and jq. Written from the API's
# description alone; it is run as it is.
set -euo pipefail

: "${SYM_JWT:?}" "${SYM_API_URL:?}" "${FLOW:?}" "${COMMIT:?}"

payload=$(jq -n --arg flow "$FLOW" --arg commit "$COMMIT" --arg author "${AUTHOR:-nobody@acme.example}" '{
  flow_srn: $flow,
  flow_inputs: {commit: $commit},
  context: {author: $author, pipeline: {number: 7}}
}')
http_response=$(curl -s -o response.json -w '%{http_code}' -X POST "$SYM_API_URL/events/request" \
  -H "Authorization: Bearer ${SYM_JWT}" \
  -H "Content-Type: application/json" \
  -d "$payload")
if [ "$http_response" != "200" ]; then
  jq -r '.code + ": " + .message' response.json
  exit 1
fi
run_id=$(jq -r .run_id response.json)
event_id=$(jq -r .event_id response.json)
[ "$(jq -r .request_body.flow_srn response.json)" = "$FLOW" ]
echo "run $run_id"

for _ in $(seq 1 100); do
  event=$(curl -s -f "$SYM_API_URL/events/$event_id" -H "Authorization: Bearer ${SYM_JWT}")
  event_status=$(jq -r .status <<<"$event")
  [ "$event_status" = "success" ] && break
  if [ "$event_status" = "error" ]; then
    jq -r .error <<<"$event"
    exit 1
  fi
  sleep 0.2
done
[ "$(jq -r .name <<<"$event")" = "request" ]

for _ in $(seq 1 150); do
  status=$(curl -s -f "$SYM_API_URL/runs/$run_id" -H "Authorization: Bearer ${SYM_JWT}" | jq -r .status)
  case "$status" in
    approved | escalated)
      echo "released $COMMIT"
      exit 0
      ;;
    denied | expired)
      echo "not released: $status"
      exit 1
      ;;
  esac
  sleep 0.2
done
echo "nobody answered"
exit 1
