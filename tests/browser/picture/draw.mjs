// Draws dashboards in a headless Chromium: draw.mjs DATA FOLDER writes FOLDER/NAME.png for each of DATA's dashboards.
// Prints what is wrong with them as JSON: {name: [complaints]}.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import puppeteer from 'puppeteer-core';
import sharp from 'sharp';

const here = dirname(fileURLToPath(import.meta.url));
const [dataFile, folder] = process.argv.slice(2);

async function bundled() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(here, 'page.mjs')], bundle: true, format: 'iife', write: false, minify: true, logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
  });
  return outputFiles[0].text;
}

async function drawn(browser, script, dashboard) {
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(`script: ${error.message}`));
  await page.setViewport({ width: 1504, height: 900 });
  await page.setContent('<!doctype html><html lang="en"><meta charset="utf-8"><body></body></html>');
  await page.addStyleTag({ path: join(here, 'page.css') });
  await page.addStyleTag({ path: join(here, '../node_modules/uplot/dist/uPlot.min.css') });
  await page.addScriptTag({ content: script });
  const complaints = await page.evaluate((data) => window.draw(data), dashboard);
  const picture = await page.screenshot({ fullPage: true });
  await sharp(picture).png({ palette: true, colours: 256, effort: 10 }).toFile(join(folder, `${dashboard.name}.png`));
  await page.close();
  return [...errors, ...complaints];
}

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const script = await bundled();
  const complaints = {};
  for (const each of JSON.parse(readFileSync(dataFile))) {
    complaints[each.name] = await drawn(browser, script, each);
  }
  console.log(JSON.stringify(complaints));
} finally {
  await browser.close();
}
