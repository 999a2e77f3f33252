import { requestHead, type RequestPlan } from './request-plan.js';

/** Put before the summary, so that it is found among what wrk prints itself. */
export const SUMMARY = 'BENCH ';

/** A plan as a script for wrk: each request is a few strings put together, and no header is made by wrk. */
export function wrkScript(plan: RequestPlan, port: number): string {
  // A JSON string of ASCII is a Lua string, too.
  const text = JSON.stringify;
  return `
local before, after, items = ${text(plan.before)}, ${text(plan.after)}, ${plan.items}
local open, close = ${text(requestHead(plan, port) + plan.open)}, ${text(plan.close)}
local format, concat, find = string.format, table.concat, string.find
local n = 0
${keyFunction(plan)}
${plan.items === 1 ? ONE_ITEM : MANY_ITEMS}
${plan.count === 'results' ? COUNT_RESULTS : ''}
${DONE}`;
}

function keyFunction({ keys }: RequestPlan): string {
  if (keys.kind === 'counter')
    return `local function key() local text = format("%0${keys.digits}d", n); n = n + 1; return text end`;
  return `
local keys = {}
for line in io.lines(${JSON.stringify(keys.file)}) do keys[#keys + 1] = line end
local function key() local text = keys[n % #keys + 1]; n = n + 1; return text end`;
}

const ONE_ITEM = `function request() return open .. before .. key() .. after .. close end`;

const MANY_ITEMS = `
function request()
  local parts = { open }
  for item = 1, items do parts[#parts + 1] = (item > 1 and "," or "") .. before .. key() .. after end
  parts[#parts + 1] = close
  return concat(parts)
end`;

/** Each answer is read, which costs wrk something; worth it only where an answer is for many messages. */
const COUNT_RESULTS = `
accepted = 0
function response(status, headers, body)
  if status ~= 200 then return end
  accepted = accepted + items
  local at = find(body, '"status":"error"', 1, true)
  while at do
    accepted = accepted - 1
    at = find(body, '"status":"error"', at + 1, true)
  end
end`;

/** -1: answers were not read, each 200 accepts its items. os.clock is the CPU time of the whole process. */
const DONE = `
local threads = {}
function setup(thread) threads[#threads + 1] = thread end
function done(summary, latency, requests)
  local accepted = -1
  for _, thread in ipairs(threads) do
    local counted = thread:get("accepted")
    if counted then accepted = math.max(accepted, 0) + counted end
  end
  local errors = summary.errors
  io.write(format('${SUMMARY}{"requests":%d,"micros":%d,"accepted":%d,"cpu_seconds":%.3f,', summary.requests,
    summary.duration, accepted, os.clock()))
  io.write(format('"refused":%d,"broken":%d}\\n', errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end`;
