/* Keeps public pages that were seen on this device for when there is no signal: as everybody is shown them, with the moment
   they are of. Nothing of somebody's own is ever kept: a page that is everybody's says so by its canonical address, and
   what is kept is asked for once more without saying who asks. All of it goes when somebody signs out. */
const RELEASE = "{{ release }}";
const SHELL = `shell ${RELEASE}`, PAGES = `pages ${RELEASE}`, PARTS = `parts ${RELEASE}`, LEAVING = "leaving";
const MOST_PAGES = 60, MOST_PARTS = 300, FRESH = 3600e3, OUT = "/do/sign_out/", LEAVE = "/leaving";
const WORDS = {
  zh: { of: "没有信号。这一页是 {t} 的样子，价格和库存可能变了。", out: "没有信号。有信号时就会退出；这台设备上已经没有留下任何页面。" },
  en: { of: "No signal. This page is as of {t}; prices and stock may have changed.", out: "No signal. You are signed out as soon as there is one; no page is left on this device." },
};
const spoken = (url) => (new URL(url).pathname.startsWith("/en/") ? "en" : "zh");
const bare = (url) => url.split("#")[0];
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const moment = (date, lang) =>
  new Date(date).toLocaleString(lang === "en" ? "en-GB" : "zh-CN", { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Shanghai" });

/* As a stranger is shown it; nothing where it is not everybody's. */
async function store(url, name, isShell) {
  const answer = await fetch(url, { credentials: "omit" });
  const html = await answer.clone().text();
  if (!answer.ok || answer.redirected || !(isShell || html.includes('<link rel="canonical"'))) return;
  const box = await caches.open(name);
  await box.put(url, answer);
  if (isShell) await box.addAll([...html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((found) => found[1]));
  else {
    await trim(box, MOST_PAGES);
    /* A stranger is shown no photo that waits to be looked at. */
    for (const [, src] of html.matchAll(/<img\s[^>]*?src="(\/media\/pictures\/[^"]+)"/g)) await fetchPart(new Request(src, { credentials: "omit" }));
  }
}
async function trim(box, most) {
  const keys = await box.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => box.delete(key)));
}
async function keep(url, answer) {
  if (!answer.ok || answer.redirected || !(await answer.text()).includes('<link rel="canonical"')) return;
  const known = await (await caches.open(PAGES)).match(url);
  if (!known || Date.now() - Date.parse(known.headers.get("date")) > FRESH) await store(url, PAGES);
}

/* A sign-out without a signal is made up for before anything else is asked. */
async function leave() {
  const box = await caches.open(LEAVING), waits = await box.match(LEAVE);
  if (!waits) return;
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  await fetch(OUT, { method: "POST", body: await waits.text(), headers, redirect: "manual" });
  await box.delete(LEAVE);
}
async function leaveLater(body) {
  await (await caches.open(LEAVING)).put(LEAVE, new Response(body));
  if (registration.sync) await registration.sync.register("leave").catch(() => {});
}

async function navigate(event) {
  const { request } = event, url = bare(request.url), isOut = new URL(url).pathname === OUT;
  const body = isOut ? await request.clone().text() : "";
  if (isOut) await Promise.all([caches.delete(PAGES), caches.delete(PARTS)]);
  try {
    await leave();
    const answer = await fetch(request);
    if (request.method === "GET") event.waitUntil(keep(url, answer.clone()).catch(() => {}));
    return answer;
  } catch {
    if (isOut) await leaveLater(body);
    return isOut || request.method !== "GET" ? none(request.referrer || url, isOut) : kept(url);
  }
}
async function kept(url) {
  const found = await (await caches.open(PAGES)).match(url);
  if (!found) return none(url);
  const lang = spoken(url), said = WORDS[lang].of.replace("{t}", moment(found.headers.get("date"), lang));
  const html = (await found.text()).replace('<main id="main"', `<p class="band" role="status">${said}</p><main id="main"`);
  return new Response(html, { headers: found.headers });
}
async function none(url, isOut) {
  const lang = spoken(url), shell = await (await caches.open(SHELL)).match(`/${lang}/offline/`);
  if (!shell) return Response.error();
  const rows = [];
  for (const one of await (await caches.open(PAGES)).matchAll()) {
    if (spoken(one.url) !== lang) continue;
    const title = (await one.text()).match(/<title>([^]*?)<\/title>/)[1].replace(/\s+/g, " ").trim();
    rows.push(`<li><a class="tap" href="${escaped(one.url)}">${title}</a> <span class="small soft">${moment(one.headers.get("date"), lang)}</span></li>`);
  }
  let html = await shell.text();
  if (rows.length) html = html.replace(/<p id="none">[^]*?<\/p>/, `<ul class="kept">${rows.join("")}</ul>`);
  if (isOut) html = html.replace('<main id="main"', `<p class="band" role="status">${WORDS[lang].out}</p><main id="main"`);
  return new Response(html, { headers: shell.headers });
}
async function fetchPart(request) {
  const answer = await fetch(request), box = await caches.open(PARTS);
  if (answer.ok) await box.put(request, answer.clone()).then(() => trim(box, MOST_PARTS));
  return answer;
}
const part = async (request, keeps) =>
  (await caches.match(request, { ignoreVary: true })) || (keeps ? fetchPart(request) : fetch(request));

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(Promise.all(["zh", "en"].map((lang) => store(new URL(`/${lang}/offline/`, location).href, SHELL, true))));
});
addEventListener("activate", (event) =>
  event.waitUntil(
    (async () => {
      const ours = [SHELL, PAGES, PARTS, LEAVING];
      await Promise.all((await caches.keys()).filter((name) => !ours.includes(name)).map((name) => caches.delete(name)));
      await clients.claim();
    })(),
  ),
);
addEventListener("sync", (event) => event.waitUntil(leave()));
addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(navigate(event));
  else if (request.method === "GET" && /^\/(static|media\/pictures)\//.test(pathname)) event.respondWith(part(request, pathname.startsWith("/static/")));
});
