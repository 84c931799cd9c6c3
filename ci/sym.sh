#!/bin/sh
# Ask Sym for an approval from a CI job, and go on only with one. POSIX sh, curl and jq (1.6 or newer); see README.md.
#
#   sym.sh request         --flow SRN [--inputs JSON] [--context JSON] [--user-email ADDRESS | --user-id ID] [--slug S]
#   sym.sh validate        --run-id ID | --slug SLUG  [--flow SRN] [--input NAME=VALUE]... [--inputs JSON]
#   sym.sh wait            --run-id ID | --slug SLUG  [--timeout SECONDS] [--interval SECONDS]
#   sym.sh deescalate      --run-id ID | --slug SLUG
#   sym.sh validate-event  --event-id ID | --slug SLUG --event-name request|deescalate
#                          [--attempts N] [--interval SECONDS] [--fail-on-timeout true|false]
#
# The server is SYM_API_URL. The token is SYM_JWT; without it the job's own OIDC token is exchanged for one. Exit status:
# 0 yes, 1 no or no answer, 2 used wrongly. Everything can be said in variables instead (SYM_COMMAND, SYM_PARAM_...), in
# which $NAME and ${NAME} stand for variables of the job; flags are taken as they are, the shell has seen to them.
# There must be no two "less than" signs in a row here: CircleCI would take them for the beginning of a parameter.
{ set +x; } 2>/dev/null # whoever traces their shell does not want their token in the log
set -eu

folder=${SYM_FOLDER:-sym}
status=000 answer='' headers='' work='' token='' expected='{}' state='' idempotency=''
api='' flow='' inputs='' context='' slug='' run_id='' event_id='' event_name='' user_email='' user_id=''
attempts='' interval='' fail_on_timeout='' timeout=''

say() { printf '%s\n' "$*" >&2; }
die() { say "sym: $*"; exit 1; }
misused() { say "sym: $*"; exit 2; }

# --- what is wanted -------------------------------------------------------------------------------------------------

# In text, $NAME and ${NAME} are replaced as envsubst does. In JSON, a value stays a value: what is inside of quotes is
# quoted anew, and what is outside must be one JSON value, so that nobody adds a field by naming a branch `", "x": "`.
# shellcheck disable=SC2016  # these are jq's
variables='
  def name: "[A-Za-z_][A-Za-z0-9_]*";
  def variable: "\\$(?:\\{(?<a>" + name + ")\\}|(?<b>" + name + "))";
  def known: (.a // .b) as $name
    | if $name | test("TOKEN|SECRET|PASSW|PASSPHRASE|JWT|CREDENTIAL|PRIVATE|_KEY|APIKEY"; "i")
      then error($name + " looks like a secret, which nobody should be sent") else $ENV[$name] // "" end;
  def bare: (.a // .b) as $name | known as $value
    | if ($value | try (fromjson | true) catch false) // false then $value
      else error($name + " stands outside of quotes and is not one JSON value") end;
  def text: gsub(variable; known);
  def json: gsub("(?<quoted>\"[^\"\\\\]*(?:\\\\.[^\"\\\\]*)*\")|" + variable;
    if .quoted != null then .quoted | gsub(variable; known | tojson | .[1:-1]) else bare end);
'

replaced() { # KIND TEXT: prints TEXT with variables replaced, KIND is text or json
  case $2 in
    *'$'*) printf '%s' "$2" | jq -Rsj "$variables $1" || die "a parameter cannot be filled in" ;;
    *) printf '%s' "$2" ;;
  esac
}

read_variables() {
  api=$(replaced text "${SYM_PARAM_API_URL:-}")
  flow=$(replaced text "${SYM_PARAM_FLOW_SRN:-}")
  inputs=$(replaced json "${SYM_PARAM_FLOW_INPUTS:-}")
  context=$(replaced json "${SYM_PARAM_FLOW_CONTEXT:-}")
  slug=$(replaced text "${SYM_PARAM_REQUEST_SLUG:-}")
  run_id=$(replaced text "${SYM_PARAM_RUN_ID:-}")
  event_id=$(replaced text "${SYM_PARAM_EVENT_ID:-}")
  event_name=$(replaced text "${SYM_PARAM_EVENT_NAME:-}")
  user_email=$(replaced text "${SYM_PARAM_USER_EMAIL:-}")
  user_id=$(replaced text "${SYM_PARAM_USER_ID:-}")
  attempts=${SYM_PARAM_MAX_POLL_ATTEMPTS:-30}
  interval=${SYM_PARAM_POLL_INTERVAL:-5}
  fail_on_timeout=${SYM_PARAM_FAIL_ON_VERIFY_TIMEOUT:-true}
  timeout=${SYM_PARAM_TIMEOUT:-1800}
}

read_flags() {
  while [ $# -gt 0 ]; do
    [ $# -gt 1 ] || misused "$1 needs a value, or is not known"
    case $1 in
      --api-url) api=$2 ;;
      --flow) flow=$2 ;;
      --inputs) inputs=$2 ;;
      --input)
        case $2 in ?*=*) ;; *) misused "--input takes NAME=VALUE, not $2" ;; esac
        expected=$(printf '%s' "$expected" | jq -c --arg name "${2%%=*}" --arg value "${2#*=}" '.[$name] = $value') ;;
      --context) context=$2 ;;
      --slug) slug=$2 ;;
      --run-id) run_id=$2 ;;
      --event-id) event_id=$2 ;;
      --event-name) event_name=$2 ;;
      --user-email) user_email=$2 ;;
      --user-id) user_id=$2 ;;
      --attempts) attempts=$2 ;;
      --interval) interval=$2 ;;
      --fail-on-timeout) fail_on_timeout=$2 ;;
      --timeout) timeout=$2 ;;
      *) misused "$1 is not known" ;;
    esac
    shift 2
  done
  for number in "$attempts" "$interval" "$timeout"; do
    case $number in '' | *[!0-9]*) misused "$number is no whole number" ;; esac
  done
  case $fail_on_timeout in true | false | 1 | 0) ;; *) misused "$fail_on_timeout is neither true nor false" ;; esac
}

object() { # NAME JSON: prints JSON on one line. Refuses what is not one object.
  printf '%s' "$2" | jq -ces 'if length == 1 and (.[0] | type) == "object" then .[0] else error end' 2>/dev/null ||
    die "$1 is no JSON object: $2"
}

word() { # NAME TEXT: ids and the like are parts of addresses and of files others read
  case $2 in '' | *[!A-Za-z0-9_-]*) die "$1 should be an id, and is: $2" ;; esac
}

# --- the server -----------------------------------------------------------------------------------------------------

address() {
  api=${api:-${SYM_API_URL:-}}
  [ -n "$api" ] || die "SYM_API_URL is not set: the address of your server, such as https://sym.example.com/api/v1"
  while [ "$api" != "${api%/}" ]; do api=${api%/}; done
  case $api in https://?* | http://?*) ;; *) die "SYM_API_URL should begin with https://, and is: $api" ;; esac
  case $api in *[[:space:]\"\\]*) die "SYM_API_URL is no address: $api" ;; esac
  case $api in */api/v1) ;; *) api=$api/api/v1 ;; esac
}

attempt() { # METHOD URL BEARER [BODY FILE]: one try; prints the status. The secret goes in by a pipe, not as an argument
  set -- "$1" "$2" "$3" "${4:-}"
  bearer=$3
  if [ -n "$4" ]; then
    set -- --header 'Content-Type: application/json' --data-binary "@$4" --request "$1" "$2"
  else
    set -- --request "$1" "$2"
  fi
  [ -z "$idempotency" ] || set -- --header "Idempotency-Key: $idempotency" "$@"
  if [ -n "$bearer" ]; then printf 'header = "Authorization: Bearer %s"\n' "$bearer"; fi |
    curl --disable --config - --silent --show-error --globoff --proto '=http,https' --connect-timeout 10 \
      --max-time "${SYM_HTTP_TIMEOUT:-60}" --dump-header "$headers" --output "$answer" --write-out '%{http_code}' \
      --header 'Accept: application/json' "$@"
}

pause() { # TRY: how long to wait before the next
  asked=$(tr -d '\r' 2>/dev/null < "$headers" | sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]\{1,6\}\) *$/\1/p' | tail -n 1)
  seconds=${asked:-$((${SYM_RETRY_DELAY:-2} * $1))}
  [ "$seconds" -le 60 ] || seconds=60
  sleep "$seconds"
}

send() { # as attempt. Tries again while the server is busy or out of reach; then its status is in $status
  try=1
  while :; do
    : > "$headers"; : > "$answer"
    failure=0
    status=$(attempt "$@") || failure=$?
    case $failure:$status in
      0:429 | 0:503) say "sym: the server is busy ($status)" ;;
      0:*) return 0 ;;
      6:* | 7:* | 18:* | 28:* | 52:* | 55:* | 56:* | 92:*) ;;
      *) die "$api cannot be reached" ;;
    esac
    if [ "$try" -ge 6 ]; then
      [ "$failure" = 0 ] && return 0
      die "$api cannot be reached, after $try tries"
    fi
    pause "$try"
    try=$((try + 1))
  done
}

call() { # METHOD PATH [BODY FILE]: the answer must be a success and a JSON object
  send "$1" "$api$2" "$token" "${3:-}"
  case $status in
    2??) ;;
    *)
      say "sym: $1 $2 was answered with $status:"
      cat "$answer" >&2
      say
      exit 1 ;;
  esac
  jq -es 'length == 1 and (.[0] | type) == "object"' < "$answer" > "$work/checked" 2>&1 ||
    die "$api$2 did not answer with JSON: is this the address of the server?"
}

got() { # FILTER: prints a part of the answer, nothing if it is not there
  jq -r "$1 // empty" < "$answer"
}

random_id() {
  if [ -r /proc/sys/kernel/random/uuid ]; then
    cat /proc/sys/kernel/random/uuid
  else
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
  fi
}

choose_key() { # a line in it would become a header of its own
  idempotency=${SYM_IDEMPOTENCY_KEY:-$(random_id)}
  case $idempotency in *[![:graph:]]*) die "SYM_IDEMPOTENCY_KEY has to be visible characters on one line" ;; esac
}

# --- the token ------------------------------------------------------------------------------------------------------

take_token() { # TOKEN: what is no token would be a line of its own in curl's configuration
  token=$(printf '%s' "$1" | tr -d '[:space:]')
  case $token in '' | *[!A-Za-z0-9._~+/=-]*) die "the token is none" ;; esac
}

mask() { [ -z "${GITHUB_ACTIONS:-}" ] || printf '::add-mask::%s\n' "$1"; }

identity() { # prints the token that says which job this is, as the CI's own issuer signed it
  if [ -n "${SYM_OIDC_TOKEN:-}" ]; then
    printf '%s' "$SYM_OIDC_TOKEN"
  elif [ -n "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ]; then
    audience=$(printf '%s' "${SYM_OIDC_AUDIENCE:-${api%/api/v1}}" | jq -Rsr @uri)
    send GET "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$audience" "$ACTIONS_ID_TOKEN_REQUEST_TOKEN"
    [ "$status" = 200 ] || die "GitHub gave no token for this job ($status)"
    got .value
  else
    printf '%s' "${CIRCLE_OIDC_TOKEN_V2:-}"
  fi
}

exchange() {
  subject=$(identity)
  [ -n "$subject" ] || die "there is no token: set SYM_JWT, or let the job have an OIDC token (GitHub: permissions:" \
    "id-token: write; GitLab: id_tokens: SYM_OIDC_TOKEN)"
  mask "$subject"
  printf '%s' "$subject" | jq -Rsc '{grant_type: "urn:ietf:params:oauth:grant-type:token-exchange", subject_token: .,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt"}' > "$work/exchange"
  send POST "$api/tokens/exchange" '' "$work/exchange"
  rm -f "$work/exchange"
  [ "$status" = 200 ] || { say "sym: this job's OIDC token was not taken ($status):"; cat "$answer" >&2; say; exit 1; }
  take_token "$(got .access_token)"
  mask "$token"
  : > "$answer"
}

authenticate() { # A token that was exchanged is kept for the rest of the job where SYM_TOKEN_FILE says
  idempotency=''
  if [ -n "${SYM_JWT:-}" ]; then
    take_token "$SYM_JWT"
  elif [ -n "${SYM_TOKEN_FILE:-}" ] && [ -s "$SYM_TOKEN_FILE" ]; then
    take_token "$(cat "$SYM_TOKEN_FILE")"
  else
    exchange
    [ -z "${SYM_TOKEN_FILE:-}" ] || (umask 077 && printf '%s' "$token" > "$SYM_TOKEN_FILE")
  fi
}

# --- what is kept between jobs --------------------------------------------------------------------------------------

remember() { # FILE: the answer, under the slug
  mkdir -p "$folder"
  if [ -s "$folder/$1" ]; then before=$(cat "$folder/$1"); else before='{}'; fi
  before=$(object "$folder/$1" "$before")
  printf '%s' "$before" | jq --arg slug "$slug" --slurpfile answer "$answer" '.[$slug] = $answer[0]' > "$work/kept"
  mv "$work/kept" "$folder/$1"
}

recall() { # FILE KEY: prints what was kept under the slug
  [ -s "$folder/$1" ] || die "there is no $folder/$1: did an earlier job make the request, and is its workspace here?"
  found=$(jq -r --arg slug "$slug" --arg key "$2" '.[$slug][$key] // empty' < "$folder/$1") ||
    die "$folder/$1 cannot be read"
  [ -n "$found" ] || die "$folder/$1 has nothing under the slug \"$slug\""
  printf '%s' "$found"
}

output() { # NAME VALUE: for the steps and jobs that follow
  [ -z "${GITHUB_OUTPUT:-}" ] || printf '%s=%s\n' "$1" "$2" >> "$GITHUB_OUTPUT"
  [ -z "${SYM_DOTENV:-}" ] ||
    printf 'SYM_%s=%s\n' "$(printf '%s' "$1" | tr 'a-z-' 'A-Z_')" "$2" >> "$SYM_DOTENV"
}

which_run() {
  [ -n "$run_id" ] || run_id=$(recall requests.json run_id)
  word "the run" "$run_id"
}

is_text() { # FILE: jq would put a sign in place of what is not UTF-8, and go on
  jq -Rsj . < "$1" 2>/dev/null > "$work/read"
  cmp -s "$work/read" "$1" || return 1
  tr -d '\000' < "$1" > "$work/read"
  cmp -s "$work/read" "$1"
}

fold_context() { # every regular file in the folder context becomes a text in context.json, by its name
  set --
  for file in "$folder"/context/* "$folder"/context/.[!.]* "$folder"/context/..?*; do
    if [ -f "$file" ] && [ ! -L "$file" ]; then set -- "$@" "$file"; fi
  done
  [ $# -gt 0 ] || return 0
  : > "$work/texts"
  for file in "$@"; do
    is_text "$file" || die "$file is not text in UTF-8, and cannot be part of the context"
    jq -Rsc --arg name "${file##*/}" '{($name): .}' < "$file" >> "$work/texts"
  done
  if [ -s "$folder/context.json" ]; then
    object "$folder/context.json" "$(cat "$folder/context.json")" > "$work/context"
  else
    echo '{}' > "$work/context"
  fi
  jq -s add "$work/context" "$work/texts" > "$work/folded"
  mv "$work/folded" "$folder/context.json"
}

# --- the commands ---------------------------------------------------------------------------------------------------

request() {
  [ -n "$flow" ] || misused "which flow? --flow or SYM_PARAM_FLOW_SRN"
  fold_context
  [ -n "$inputs" ] || inputs='{}'
  [ -n "$context" ] || context='{}'
  inputs=$(object "flow_inputs" "$inputs")
  context=$(object "flow_context" "$context")
  if [ "$context" = '{}' ] && [ -s "$folder/context.json" ]; then
    context=$(object "$folder/context.json" "$(cat "$folder/context.json")")
  fi
  printf '%s\n%s\n' "$inputs" "$context" | jq -cs --arg flow "$flow" --arg email "$user_email" --arg id "$user_id" '
    {flow_srn: $flow, flow_inputs: .[0], context: .[1]}
    + (if $email == "" then {} else {user_email: $email} end) + (if $id == "" then {} else {user_id: $id} end)
  ' > "$work/body"
  authenticate
  choose_key
  call POST /events/request "$work/body"
  run_id=$(got .run_id) event_id=$(got .event_id)
  word "the run" "$run_id"
  word "the event" "$event_id"
  remember requests.json
  output run-id "$run_id"
  output event-id "$event_id"
  say "sym: asked for $flow"
  jq -c '{run_id, event_id}' < "$answer"
}

deescalate() {
  which_run
  authenticate
  jq -nc --arg run "$run_id" '{run_id: $run}' > "$work/body"
  choose_key
  call POST /events/deescalate "$work/body"
  event_id=$(got .event_id)
  word "the event" "$event_id"
  remember deescalates.json
  output run-id "$run_id"
  output event-id "$event_id"
  jq -c '{event_id}' < "$answer"
}

look() { # asks for the run; its status is in $state
  before=$state
  call GET "/runs/$run_id"
  state=$(got .status)
  word "the status" "$state"
  [ "$state" = "$before" ] || output status "$state"
}

# shellcheck disable=SC2016  # this is jq's
# What does not fit: a line for each difference. A version `latest` stands for any, and so does a target without its id.
compare='
  def is_srn($wanted): . == $wanted
    or ($wanted | endswith(":latest")) and (split(":") as $is | $wanted | split(":") as $parts
        | $is[:($parts | length) - 1] == $parts[:-1])
    or ($wanted | contains(":") | not) and split(":")[2] == $wanted;
  def is($wanted): . == $wanted or ($wanted | type) == "string" and tojson == $wanted;
  def claims: split(".")[1] | gsub("-"; "+") | gsub("_"; "/") | . + "==="[:(4 - length % 4) % 4] | @base64d | fromjson;
  . as $run | ({duration, target_srn} + (.fields // {})) as $have
  | (if .receipt | type != "string" then empty
     elif (.receipt | try claims catch null) as $it | ($it | type) == "object" and
       [$it.sub, $it.flow, $it.status, $it.inputs_hash] == [.run_id, .flow_srn, .status, .inputs_hash] then empty
     else "its receipt is for something else" end),
    (if .no_receipt | type == "string" then .no_receipt else empty end),
    (if $flow == "" or ((.flow_srn // "") | is_srn($flow)) then empty
     else "its flow is \(.flow_srn), not \($flow)" end),
    ($expected | to_entries[] | .key as $name | .value as $wanted
     | if $have | has($name) | not then "it has no input \($name)"
       elif $have[$name] | is($wanted) or ($name == "target_srn" and type == "string" and is_srn($wanted)) then empty
       else "its input \($name) is \($have[$name] | tojson), not \($wanted | tojson)" end)'

validate() {
  if [ -n "$inputs" ]; then
    inputs=$(object "flow_inputs" "$inputs")
    expected=$(printf '%s\n%s\n' "$inputs" "$expected" | jq -cs add)
  fi
  which_run
  authenticate
  looks=0
  look
  # A flow's hook may start this job while its approval is being written down, or before the log of it is sealed.
  while [ "$looks" -lt 15 ] && jq -e '.status == "requested" and any(.events[]?; .name == "approve" and
      .status == "processing") or (.no_receipt // "" | startswith("pending"))' < "$answer" > /dev/null; do
    looks=$((looks + 1))
    sleep 1
    look
  done
  case $state in approved | escalated) ;; *) die "run $run_id is $state, not approved" ;; esac
  differences=$(jq -r --arg flow "$flow" --argjson expected "$expected" "$compare" < "$answer") ||
    die "run $run_id cannot be compared"
  [ -z "$differences" ] || die "run $run_id is $state, but for something else: $differences"
  say "sym: run $run_id is $state"
  echo "$state"
}

wait_for_decision() {
  which_run
  authenticate
  end=$(($(date +%s) + timeout))
  told=0
  while :; do
    look
    case $state in
      approved | escalated) echo "$state"; return 0 ;;
      prompted | requested) ;;
      *) echo "$state"; die "run $run_id is $state" ;;
    esac
    failure=$(got '[.events[]? | select(.name == "request" and .status == "error")][0] | .error')
    [ -z "$failure" ] || die "the request failed: $failure"
    now=$(date +%s)
    [ "$now" -lt "$end" ] || die "nobody decided on run $run_id in $timeout seconds"
    if [ "$now" -ge $((told + 60)) ]; then
      say "sym: run $run_id is $state; waiting for a decision, for $(((end - now) / 60)) minutes more at most"
      told=$now
    fi
    sleep "$interval"
  done
}

validate_event() {
  if [ -z "$event_id" ]; then
    case $event_name in
      request) event_id=$(recall requests.json event_id) ;;
      deescalate) event_id=$(recall deescalates.json event_id) ;;
      '') misused "which event? --event-id, or --slug and --event-name" ;;
      *) misused "--event-name is request or deescalate, not $event_name" ;;
    esac
  fi
  word "the event" "$event_id"
  authenticate
  looks=0
  while [ "$looks" -lt "$attempts" ]; do
    [ "$looks" = 0 ] || sleep "$interval"
    looks=$((looks + 1))
    call GET "/events/$event_id"
    state=$(got .status)
    output status "$state"
    case $state in
      success) echo success; return 0 ;;
      error) echo error; die "event $event_id failed: $(got .error)" ;;
    esac
  done
  case $fail_on_timeout in
    true | 1) die "event $event_id is still $state after $attempts looks" ;;
    *) say "sym: event $event_id is still $state after $attempts looks"; echo "$state" ;;
  esac
}

main() {
  for program in curl jq; do
    command -v "$program" > /dev/null || die "$program is not installed"
  done
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  answer=$work/answer headers=$work/headers
  command=${1:-${SYM_COMMAND:-}}
  [ $# = 0 ] || shift
  read_variables
  read_flags "$@"
  case $command in
    request | deescalate | validate) ;;
    wait) command=wait_for_decision ;;
    validate-event) command=validate_event ;;
    *) misused "say request, validate, wait, deescalate or validate-event" ;;
  esac
  address
  "$command"
}

main "$@"
