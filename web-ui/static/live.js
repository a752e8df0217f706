// Live updates: badges, a notice with a link, and fresh list regions. It carries ids and counts only; pages work without it.
"use strict";
(() => {
  const root = document.body;
  if (!root.dataset.events || !("EventSource" in window)) return;
  let stream = null, timer = null, last = "";
  const regions = (kind) => [...document.querySelectorAll("[data-live]")].filter((r) => r.dataset.live.split(" ").includes(kind));
  const busy = (region) => region.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  const notice = (kind) => document.querySelectorAll("[data-notice]").forEach((n) => { if (n.dataset.notice === kind) n.hidden = false; });
  const count = (name, number) => document.querySelectorAll(`[data-count="${name}"]`).forEach((badge) => {
    badge.textContent = number;
    badge.hidden = number === 0;
  });
  async function refresh() {
    timer = null;
    const reply = await fetch(location.href, { headers: { "x-icmc-live": "1" }, credentials: "same-origin" }).catch(() => null);
    if (!reply || !reply.ok || reply.redirected) return;
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    document.querySelectorAll("[data-live]").forEach((region) => {
      const next = fresh.getElementById(region.id);
      if (!next) return;
      if (busy(region)) return notice("changed");
      const focus = region.contains(document.activeElement) ? document.activeElement.id : "";
      const unfolded = [...region.querySelectorAll("details[open][id]")].map((part) => part.id);
      region.replaceChildren(...next.childNodes);
      unfolded.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
      if (focus) document.getElementById(focus)?.focus();
    });
    fresh.querySelectorAll("[data-count]").forEach((badge) => count(badge.dataset.count, Number(badge.textContent)));
  }
  const later = () => { timer ??= setTimeout(refresh, 60); };
  function open() {
    if (stream) return;
    stream = new EventSource(last ? `${root.dataset.events.split("?")[0]}?after=${last}` : root.dataset.events);
    stream.onmessage = (event) => {
      last = event.lastEventId || last;
      const news = JSON.parse(event.data);
      if ("alerts" in news) count("alerts", news.alerts);
      if ("inbox" in news) count("inbox", news.inbox);
      if (regions(news.kind).length) later();
      // The list itself needs no notice; nor does any page that shows what became of a share.
      const here = news.kind === "share" ? regions("share").length : document.getElementById(`live-${news.kind === "alert" ? "alerts" : news.kind}`);
      if (!here) notice(news.kind);
    };
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stream?.close(); stream = null; } else { open(); }
  });
  open();
})();
