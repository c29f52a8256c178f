import { graphql } from "relay-runtime";

export const page = graphql`
  query shelfPageQuery($slug: String!, $team: String!) {
    product(slug: $slug) { ...shelf_product }
    team(slug: $team) { ...shelf_team }
  }
`;
export const product = graphql`
  fragment shelf_product on Product @refetchable(queryName: "shelfProductRefetchQuery") {
    slug name priceFrom { minor currency } variants { id name price { amount } }
  }
`;
export const team = graphql`
  fragment shelf_team on Team
  @argumentDefinitions(count: { type: "Int", defaultValue: 12 }, cursor: { type: "String" })
  @refetchable(queryName: "shelfTeamPaginationQuery") {
    name
    products(first: $count, after: $cursor) @connection(key: "shelf_team_products") {
      edges { node { id name } }
    }
  }
`;
