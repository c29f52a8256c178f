// Stands in for WeChat's JS port: it takes what a page tells it, and keeps it for whoever looks. Nothing here is WeChat's.
"use strict";
window.wx = (() => {
  const seen = { config: null, chat: null, timeline: null };
  const waiting = [];
  return {
    seen,
    config(given) {
      seen.config = given;
      setTimeout(() => { for (const go of waiting.splice(0)) go(); });
    },
    ready(go) { waiting.push(go); },
    updateAppMessageShareData(card) { seen.chat = card; },
    updateTimelineShareData(card) { seen.timeline = card; },
  };
})();
