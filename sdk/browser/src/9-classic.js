// A page that has the calls' names but not yet the calls has queued them; they are made now.
const waiting = attempt(() => (Array.isArray(window.holdfast) ? [...window.holdfast] : []), []);
window.holdfast = holdfast;
const data = script?.dataset ?? {};
if (data.writeKey) {
  const isOn = (name) => name in data && data[name] !== "false";
  load(data.writeKey, { ...data, autocapture: isOn("autocapture"), respectGpc: isOn("respectGpc") });
}
for (const [name, ...given] of waiting) attempt(() => holdfast[name]?.(...given));
