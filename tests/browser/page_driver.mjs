// A page in headless Chromium, driven by lines of JSON on standard input: {"do": ..., ...}. Each is answered
// by one line, {"value": ...} or {"error": ...}. page.py is the client.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {createInterface} from 'node:readline';
import puppeteer from 'puppeteer-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-lcd-text', '--font-render-hinting=none'],
});
const page = await browser.newPage();
const problems = [], requests = [];

page.on('console', message => {
  if (['error', 'warn'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`);
});
page.on('pageerror', error => problems.push(`error: ${error.message}`));
page.on('request', request => requests.push(request.url()));
await page.evaluateOnNewDocument(() => {
  document.addEventListener('securitypolicyviolation', event =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
});

// axe-core is injected by the browser, which bypasses the page's content security policy.
async function violations() {
  const {result} = await (await page.createCDPSession()).send('Runtime.evaluate', {
    expression: `${axe}; axe.run().then(found => found.violations.map(one =>
      \`\${one.id}: \${one.nodes.map(node => node.html.slice(0, 200)).join(' | ')}\`))`,
    awaitPromise: true, returnByValue: true});
  return result.value;
}

const actions = {
  open: async ({url, script = true}) => {
    await page.setJavaScriptEnabled(script);
    await page.goto(url, {waitUntil: 'load'});
  },
  view: async ({width, height = 800, scale = 1, scheme = 'light', motion = 'reduce'}) => {
    await page.setViewport({width, height, deviceScaleFactor: scale});
    await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme},
      {name: 'prefers-reduced-motion', value: motion}]);
  },
  evaluate: async ({code}) => page.evaluate(code),
  click: async ({selector}) => page.click(selector),
  // A click that leads to another page.
  submit: async ({selector}) => {
    await Promise.all([page.waitForNavigation({waitUntil: 'load'}), page.click(selector)]);
  },
  type: async ({selector, text}) => page.type(selector, text),
  press: async ({key}) => page.keyboard.press(key),
  violations,
  picture: async ({path, full}) => {
    await page.screenshot({path, fullPage: full});
  },
  problems: async () => problems.splice(0),
  requests: async () => requests.splice(0),
};

for await (const line of createInterface({input: process.stdin})) {
  const order = JSON.parse(line);
  const answer = await actions[order.do](order).then(value => ({value}), error => ({error: String(error)}));
  console.log(JSON.stringify(answer));
}
await browser.close();
