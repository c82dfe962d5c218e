// The passkey ceremonies: sign-in, enrolment, and the touch that a guarded action asks for.

const problemType = "application/problem+json";

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text ? JSON.parse(text) : {};
  if (!response.ok) throw Object.assign(new Error(answer.title ?? "Refused"), { problem: answer });
  return answer;
}

// Servers wrap the options in a `publicKey` member or hand them over bare.
const bare = (options) => options.publicKey ?? options;

async function assert(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(bare(options));
  const credential = await navigator.credentials.get({ publicKey });
  return credential.toJSON();
}

async function signIn() {
  const begun = await post("/api/v1/login/begin", {});
  return post("/api/v1/login/finish", await assert(begun));
}

async function enrol(form) {
  const code = new FormData(form).get("code").trim();
  const begun = await post("/api/v1/enrol/begin", { code });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(bare(begun));
  const credential = await navigator.credentials.create({ publicKey });
  return post("/api/v1/enrol/finish", credential.toJSON());
}

async function addPasskey(form, begin = "/api/v1/passkeys/begin") {
  const begun = await (await touched(begin, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: "{}",
  })).json();
  if (!begun.challenge && !begun.publicKey) throw Object.assign(new Error(begun.title), { problem: begun });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(bare(begun));
  const credential = await navigator.credentials.create({ publicKey });
  return post("/api/v1/passkeys/finish", { name: new FormData(form).get("name"), ...credential.toJSON() });
}

// The request itself; where it answers that a touch is needed, the touch and the identical request again.
async function touched(address, init) {
  const response = await fetch(address, init);
  if (response.status !== 403 || !response.headers.get("content-type")?.startsWith(problemType)) return response;
  const problem = await response.clone().json();
  if (!problem.type?.endsWith("/step-up-required")) return response;
  const { id, publicKey } = problem.stepup;
  try {
    await post(`/api/v1/stepup/${encodeURIComponent(id)}`, await assert(publicKey));
  } catch (error) {
    tell(error);
    return response;
  }
  return fetch(address, { ...init, headers: { ...init.headers, "Holdfast-Step-Up": id } });
}

// htmx sends its requests through the same gate.
document.addEventListener("htmx:config:request", (event) => { event.detail.ctx.fetch = touched; });

const addFirst = (form) => addPasskey(form, "/api/v1/passkeys/first/begin");

const ceremonies = { "sign-in": signIn, enrol, "add-passkey": addPasskey, "add-first": addFirst };

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const ceremony = ceremonies[form.dataset.passkey];
  if (!ceremony) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await ceremony(form);
    location.assign(form.dataset.next);
  } catch (error) {
    tell(error);
  } finally {
    button.disabled = false;
  }
});

function tell(error) {
  const { title, detail } = error.problem ?? words(error);
  document.dispatchEvent(new CustomEvent("holdfast:problem", { detail: { title, detail } }));
}

function words(error) {
  if (error.name === "NotAllowedError") return { title: "No passkey was used", detail: "The request was cancelled or took too long. Try again." };
  if (error.name === "InvalidStateError") return { title: "This device already holds a passkey for you", detail: "Sign in with it instead." };
  if (error.name === "SecurityError") return { title: "This address cannot use passkeys", detail: "Open the console at the address set as console.url." };
  return { title: "The passkey could not be used", detail: error.message };
}

// The code of an enrolment address stands after #, where no server and no log sees it.
const codeField = document.querySelector("[data-passkey=enrol] input[name=code]");
if (codeField && location.hash.length > 1) {
  codeField.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
// So does the code of a look around; it is sent at once, nothing is to be filled in.
const lookForm = document.querySelector("form[data-look]");
if (lookForm && location.hash.length > 1) {
  lookForm.elements.code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  lookForm.requestSubmit();
}
for (const element of document.querySelectorAll("[data-needs=passkeys]")) {
  if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) element.hidden = true;
}
