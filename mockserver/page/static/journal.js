"use strict";
// New requests as they come. A stream that is lost is made again, and says from when on it has nothing.
(() => {
  const rows = document.getElementById("rows");
  if (!rows.dataset.events) return;
  const live = document.getElementById("live");
  const pause = document.getElementById("pause");
  const none = document.getElementById("none");
  const KEPT = 500;
  let since = rows.dataset.since, source = null, lost = null, paused = false, left = 0;

  const clock = () => new Date().toLocaleTimeString();
  const last = () => since.split(".")[1];
  const data = (event) => {
    since = event.lastEventId || since;
    return JSON.parse(event.data);
  };
  const say = (text) => (live.textContent = text);

  const connect = () => {
    source = new EventSource(`${rows.dataset.events}&since=${encodeURIComponent(since)}`);
    source.addEventListener("open", () => {
      say(lost ? `Connected again at ${clock()}; the connection was lost at ${lost}. Everything since request ${last()} follows.` : "Live: what comes is shown at once.");
      lost = null;
    });
    source.addEventListener("error", () => {
      lost ??= clock();
      if (source.readyState === EventSource.CLOSED) {
        say(`The server does not know this page any more (since ${lost}): it was started again, or the world is gone. Load the page again.`);
      } else {
        say(`The connection was lost at ${lost}. Nothing after request ${last()} is shown until it is there again; trying.`);
      }
    });
    source.addEventListener("rows", (event) => {
      const news = data(event);
      const template = document.createElement("template");
      template.innerHTML = news.rows; // written by the server, everything in it escaped
      rows.prepend(template.content);
      while (rows.children.length > KEPT) rows.lastElementChild.remove();
      none.hidden = true;
      left += news.left;
      if (left) say(`Live, but ${left} requests came faster than can be read; they are on the page when you load it again.`);
    });
    source.addEventListener("cleared", (event) => {
      data(event);
      rows.replaceChildren();
      say(`The requests were forgotten at ${clock()} (a reset does it): they count from 1 again.`);
    });
    source.addEventListener("missed", (event) => {
      const gap = data(event);
      say(`Requests ${gap.first} to ${gap.last} are no longer known: they came while this page was not connected, and newer ones took their place.`);
    });
    source.addEventListener("gone", (event) => {
      say(`This world is not there any more: ${data(event).why}.`);
      pause.hidden = true;
      source.close();
      source = null;
    });
  };
  const leave = () => {
    source?.close();
    source = null;
  };
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Go on" : "Pause";
    if (paused) {
      leave();
      say(`Paused at ${clock()}, after request ${last()}.`);
    } else connect();
  });
  // a browser holds six connections to one host: a tab that nobody looks at needs none
  document.addEventListener("visibilitychange", () => {
    if (paused || (!source && !document.hidden && pause.hidden)) return;
    if (document.hidden) leave();
    else if (!source) connect();
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && !paused && !source && connect());
  if (!document.hidden) connect();
})();
