(function () {
  var waiting = window.analytics || [];
  var script = document.createElement("script");
  script.src = "$HOST" + "/sdk/holdfast.js";
  script.async = true;
  script.dataset.writeKey = "$KEY";
  script.dataset.host = "$HOST";
  script.onload = function () {
    var ready = window.holdfast;
    window.analytics = ready;
    for (var at = 0; at < waiting.length; at++) {
      var call = Array.prototype.slice.call(waiting[at]);
      var last = call[call.length - 1];
      // The snippet adds what it saw of the page; the SDK looks for itself.
      if (last && last.__t === "bpc") call.pop();
      var name = call.shift();
      if (typeof ready[name] === "function") ready[name].apply(ready, call);
    }
  };
  document.head.appendChild(script);
})();
