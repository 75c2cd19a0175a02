// The routes of the API, drawn from its own OpenAPI description.

import { Api, keptToken } from "./api.js";
import { element } from "./drawing.js";

const state = document.getElementById("state");
const routes = document.getElementById("routes");

try {
  const api = await new Api(keptToken()).call("GET", "/openapi.json");
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, route] of Object.entries(methods)) routes.append(...drawn(api, path, method, route));
  }
} catch (error) {
  state.textContent = error.message;
}

function drawn(api, path, method, route) {
  const head = element("h2", {}, element("code", { text: `${method.toUpperCase()} ${path}` }), route.summary ?? "");
  const made = [head];
  if (route.description) made.push(element("p", { text: route.description }));
  for (const each of (route.parameters ?? []).filter((one) => one.in !== "path")) {
    made.push(element("p", { text: `${each.name} (${each.in}): ${each.description ?? each.schema?.type ?? ""}` }));
  }
  const body = schema(api, route.requestBody?.content?.["application/json"]?.schema);
  if (body) made.push(element("pre", { tabindex: "0", text: `> ${JSON.stringify(example(api, body), null, 2)}` }));
  const found = Object.entries(route.responses ?? {}).find(([status]) => status.startsWith("2"));
  const answer = schema(api, found?.[1].content?.["application/json"]?.schema);
  if (found && !answer) made.push(element("p", { text: `${found[0]} ${found[1].description}` }));
  if (found && answer) {
    const shown = element("pre", { tabindex: "0", text: JSON.stringify(example(api, answer), null, 2) });
    made.push(element("details", {}, element("summary", { text: found[0] }), shown));
  }
  return made;
}

/** What a reference stands for; of several forms the first that says something. */
function schema(api, given) {
  const one = given?.anyOf ? given.anyOf.find((each) => each.type !== "null") : given;
  return one?.$ref ? api.components.schemas[one.$ref.split("/").pop()] : one;
}

function example(api, given, depth = 0) {
  const one = schema(api, given);
  if (!one || depth > 6) return "…";
  if (one.examples?.length) return one.examples[0];
  if (one.default !== undefined && one.default !== null && !Array.isArray(one.default)) return one.default;
  if (one.enum) return one.enum.join(" | ");
  if (one.type === "array") return [example(api, one.items, depth + 1)];
  if (one.type === "object" || one.properties) {
    return Object.fromEntries(Object.entries(one.properties ?? {}).map(([name, each]) => [name, example(api, each, depth + 1)]));
  }
  return { integer: 0, number: 0, boolean: true }[one.type] ?? "…";
}
