// A page that has the calls' names but not yet the calls has queued them; they are made now.
const waiting = attempt(() => (Array.isArray(window.holdfast) ? [...window.holdfast] : []), []);
window.holdfast = holdfast;
const data = script?.dataset ?? {};
if (data.writeKey) {
  load(data.writeKey, {
    autocapture: data.autocapture !== undefined && data.autocapture !== "false",
    ...(data.host && { host: data.host }),
    ...(data.storage && { storage: data.storage }),
    ...(data.consent && { consent: data.consent }),
    respectGpc: data.respectGpc !== undefined,
  });
}
for (const [name, ...given] of waiting) attempt(() => holdfast[name]?.(...given));
