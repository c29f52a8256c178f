// The explorer of the API: GraphiQL, fetched once it is opened. It asks as whoever is signed in, and what changes something is
// sent only while she has said so. Nothing that is typed into it is kept once the page is left.
const part = document.querySelector("[data-explorer]");
const box = part.querySelector("[name=may_change]");
const place = part.querySelector("[data-place]");
const told = part.dataset;

const script = (address) => new Promise((done, failed) => {
  document.head.append(Object.assign(document.createElement("script"), { src: address, onload: done, onerror: failed }));
});

// The kinds of a document's operations by their names: what stands outside of all braces, texts and remarks.
const operations = (text) => {
  const bare = text.replace(/"""[^]*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*/g, " ");
  let depth = 0, outside = "";
  for (const sign of bare) {
    if ("{([".includes(sign)) depth += 1;
    if (depth === 0) outside += sign;
    if ("})]".includes(sign)) { depth -= 1; outside += " "; }
  }
  return [...outside.matchAll(/\b(query|mutation|subscription)\b\s*(?!:)([_A-Za-z]\w*)?/g)].map(([, kind, name]) => ({ kind, name }));
};
const changes = ({ query, operationName }) => {
  const found = operations(query);
  const asked = operationName ? found.filter((one) => one.name === operationName) : found;
  return (asked.length ? asked : found).some((one) => one.kind === "mutation");
};

const fetcher = async (asked) => {
  if (asked.operationName === "IntrospectionQuery") return (await fetch(told.schema)).json();
  if (changes(asked) && !box.checked) return { errors: [{ message: told.held }] };
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  if (told.token) headers["X-CSRFToken"] = told.token;
  return (await fetch("/graphql", { method: "POST", headers, body: JSON.stringify(asked) })).json();
};

const memory = () => {
  const kept = new Map();
  return {
    get length() { return kept.size; }, clear: () => kept.clear(), removeItem: (name) => { kept.delete(name); },
    getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => { kept.set(name, value); },
  };
};

let isOpen = false;
const open = async () => {
  if (isOpen || !part.open) return;
  isOpen = true;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: told.style }));
  for (const address of [told.react, told.reactDom, told.graphiql]) await script(address);
  place.style.blockSize = "80vh";
  const { React, ReactDOM, GraphiQL } = window;
  const shown = { fetcher, storage: memory(), defaultQuery: told.first, isHeadersEditorEnabled: false, shouldPersistHeaders: false };
  ReactDOM.createRoot(place).render(React.createElement(GraphiQL, shown));
};
part.addEventListener("toggle", open);
open();
