// A program of the ecosystem as it comes: it finds an orange, looks at it by its id, buys it and sees that it is paid.
import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import {
  FillCartDocument,
  FindOrangesDocument,
  LookDocument,
  OneOfThemDocument,
  PayDocument,
  PlaceDocument,
  SayWhereDocument,
} from "./generated.js";

declare const process: { argv: string[]; stdout: { write(text: string): void } };

const [url, variant, key, paid] = process.argv.slice(2) as [string, string, string, string?];
const client = new ApolloClient({
  link: new HttpLink({ uri: url + "/graphql", headers: { "X-Guest": key, "Accept-Language": "en" } }),
  cache: new InMemoryCache(),
});

function done<T extends { errors: ReadonlyArray<{ code: string; message: string }> }>(payload: T | null | undefined): T {
  if (!payload) throw new Error("no payload");
  const [wrong] = payload.errors;
  if (wrong) throw new Error(`${wrong.code}: ${wrong.message}`);
  return payload;
}

async function buy() {
  const found = await client.query({ query: FindOrangesDocument, variables: { words: "orange" } });
  const orange = found.data?.search.nodes.find((one) => one.variants.some(({ id }) => id === variant));
  if (!orange) throw new Error("no such orange");
  const again = await client.query({ query: OneOfThemDocument, variables: { id: orange.id }, fetchPolicy: "network-only" });
  const node = again.data?.node;
  if (node?.__typename !== "Product" || node.name !== orange.name) throw new Error("another thing by its id");
  const added = await client.mutate({
    mutation: FillCartDocument,
    variables: { input: { lines: [{ variantId: variant, quantity: 2 }] } },
  });
  const cartId = done(added.data?.cartLinesAdd).cart!.id;
  const told = await client.mutate({
    mutation: SayWhereDocument,
    variables: {
      input: {
        cartId, email: "apollo@shows.example", recipient: "Li Demo", phone: "13800138000", regionCode: "420106",
        street: "1 Demo Road",
      },
    },
  });
  const cart = done(told.data?.cartUpdate).cart!;
  const placed = await client.mutate({
    mutation: PlaceDocument,
    variables: { input: { cartId, expectedTotal: cart.total!.amount, idempotencyKey: key } },
  });
  const { order, token } = done(placed.data?.checkoutPlace);
  const begun = await client.mutate({
    mutation: PayDocument,
    variables: { input: { number: order!.number, token, idempotencyKey: key } },
  });
  const { payment } = done(begun.data?.paymentBegin);
  return { number: order!.number, token, url: payment!.url, minor: order!.total.minor, cart: cart.total!.minor };
}

async function look({ number, token }: { number: string; token: string }) {
  const seen = await client.query({ query: LookDocument, variables: { number, token } });
  return seen.data?.order;
}

(paid ? look(JSON.parse(paid)) : buy()).then((told) => process.stdout.write(JSON.stringify(told)));
