// SPDX-License-Identifier: MIT
// Asks callprop about the status that is ticked, and shows what it answers. Nothing is decided here, and what is shown is
// never the answer to another question: when there is none, nothing is let through.
"use strict";

const byId = (id) => document.getElementById(id);
const ticks = [...byId("compose").elements.property];
let questions = 0;
let waiting = 0;

function granted() {
  return ticks.filter((tick) => tick.checked).map((tick) => tick.value).join(",");
}

async function asked(list) {
  const address = "decisions?property_list=" + encodeURIComponent(list);
  const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(5000) });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error.message);
  if (!Array.isArray(body.decisions)) throw new Error("the answer has no decisions");
  return body.decisions;
}

function sentence(problem) {
  return `There is no answer from callprop (${problem}). Is it still running? Tick again to ask again.`;
}

function element(kind, text) {
  return Object.assign(document.createElement(kind), { textContent: text });
}

function item({ allowed, call, reason }) {
  const line = document.createElement("li");
  line.className = allowed === true ? "yes" : "no";
  line.append(element("b", `${call.src} to ${call.dst}`));
  if (call.callback) line.append(element("i", "callback"));
  line.append(element("small", reason));
  return line;
}

// The calls keep their places, so that a tick shows at once what it changes.
function show(decisions, problem) {
  const permitted = decisions.filter((decision) => decision.allowed === true).length;
  for (const leg of ["src", "dst"]) {
    byId(leg).replaceChildren(...decisions.filter(({ call }) => call.leg === leg).map(item));
  }
  const status = granted() ? `A status with ${granted()}` : "A status with nothing";
  byId("summary").textContent = problem ? "" : `${status} lets ${permitted} of ${decisions.length} kinds of call through.`;
  byId("problem").textContent = problem;
  byId("problem").hidden = !problem;
  byId("decisions").hidden = Boolean(problem);
  byId("answer").hidden = false;
  byId("answer").removeAttribute("aria-busy");
}

// Until there is an answer, there is none: what was answered to an earlier question is taken away, unless the answer comes at once.
function wait() {
  for (const leg of ["src", "dst"]) byId(leg).replaceChildren();
  byId("summary").textContent = "Waiting for the answer of callprop…";
  byId("problem").hidden = true;
  byId("decisions").hidden = true;
}

async function ask() {
  const question = ++questions;
  byId("answer").setAttribute("aria-busy", "true");
  clearTimeout(waiting);
  waiting = setTimeout(wait, 250);
  let decisions = [];
  let problem = "";
  try {
    decisions = await asked(granted());
  } catch (error) {
    problem = error.message;
  }
  if (question !== questions) return;
  clearTimeout(waiting);
  try {
    show(decisions, problem && sentence(problem));
  } catch (error) {
    show([], sentence(error.message));
  }
}

byId("silent").hidden = true;
byId("compose").addEventListener("submit", (event) => event.preventDefault());
byId("start").addEventListener("change", (event) => {
  const mnemos = event.target.value.split(",");
  for (const tick of ticks) tick.checked = mnemos.includes(tick.value);
  ask();
});
for (const tick of ticks) tick.addEventListener("change", ask);
window.addEventListener("pageshow", ask);
