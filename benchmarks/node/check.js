// Reads every YAML file of a folder and validates it against a JSON Schema: node check.js SCHEMA FOLDER
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import * as yaml from "js-yaml";

const [schemaFile, folder] = process.argv.slice(2);
const ajv = new Ajv({ strict: false });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));

let wrong = 0;
for (const name of readdirSync(folder).sort()) {
  // Dates stay text, as the schema has them.
  const document = yaml.load(readFileSync(join(folder, name), "utf8"), { schema: yaml.CORE_SCHEMA });
  if (!validate(document)) {
    wrong += 1;
    console.log(name, JSON.stringify(validate.errors));
  }
}
process.exit(wrong ? 1 : 0);
