// Runs an ONNX model with ONNX Runtime on the CPU and prints times as JSON.
//
//   node onnxruntime.mjs MODEL.onnx [--threads=1] [--runs=20] [--warmup=5]
//        [--spin=0] [--input=FILE.bin] [--output=FILE.bin] [--tensors]
//        [--optimized=FILE.onnx]
//
// The input file holds the f32 values of the model's inputs one after the
// other; without it they are random. Outputs are written the same way. Unknown
// dimensions are 1. `--tensors` adds shape and range of every output, `--optimized` saves the graph as ONNX Runtime executes it.

import {createRequire} from 'node:module';
import {readFileSync, writeFileSync} from 'node:fs';
import process from 'node:process';

const require = createRequire(process.cwd() + '/');
const ort = require('onnxruntime-node');

const options = {threads: '1', runs: '20', warmup: '5', spin: '0'};
const positional = [];
for (const argument of process.argv.slice(2)) {
  const match = /^--([a-z]+)(?:=(.*))?$/.exec(argument);
  if (match)
    options[match[1]] = match[2] ?? '1';
  else
    positional.push(argument);
}
if (positional.length !== 1) {
  console.error('usage: node onnxruntime.mjs MODEL.onnx [--threads=N] ...');
  process.exit(2);
}

const session = await ort.InferenceSession.create(positional[0], {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  intraOpNumThreads: Number(options.threads),
  interOpNumThreads: 1,
  executionMode: 'sequential',
  extra: {session: {intra_op: {allow_spinning: options.spin}}},
  ...(options.optimized ? {optimizedModelFilePath: options.optimized} : {}),
});

function createFeeds() {
  const file = options.input ? readFileSync(options.input) : null;
  let offset = 0;
  const feeds = {};
  for (const input of session.inputMetadata) {
    const shape = input.shape.map((size) => (typeof size === 'number' ? size : 1));
    const count = shape.reduce((a, b) => a * b, 1);
    const values = new Float32Array(count);
    for (let i = 0; i < count; ++i)
      values[i] = file ? file.readFloatLE(offset + 4 * i) : Math.random() * 2 - 1;
    offset += 4 * count;
    feeds[input.name] = new ort.Tensor('float32', values, shape);
  }
  return feeds;
}

function describe(results) {
  const tensors = {};
  for (const name of session.outputNames) {
    let low = Infinity, high = -Infinity;
    for (const value of results[name].data) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    tensors[name] = {shape: results[name].dims, range: [low, high]};
  }
  return tensors;
}

const feeds = createFeeds();
let results;
const times = [];
const warmup = Number(options.warmup), runs = Number(options.runs);
for (let run = 0; run < warmup + runs; ++run) {
  const start = process.hrtime.bigint();
  results = await session.run(feeds);
  if (run >= warmup)
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
}
if (options.output) {
  const parts = session.outputNames.map((name) => {
    const data = results[name].data;
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  });
  writeFileSync(options.output, Buffer.concat(parts));
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({
  peer: 'ONNX Runtime',
  version: require('onnxruntime-node/package.json').version,
  milliseconds: {min: times[0], median: times[Math.floor(times.length / 2)]},
  ...(options.tensors ? {tensors: describe(results)} : {}),
}));
