import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "./schema.graphql",
  documents: "./orange.graphql",
  generates: {
    "./generated.ts": {
      plugins: ["typescript", "typescript-operations", "typed-document-node"],
      config: {
        strictScalars: true,
        useTypeImports: true,
        scalars: { UUID: "string", Date: "string", DateTime: "string", BigInt: "number" },
      },
    },
  },
};

export default config;
