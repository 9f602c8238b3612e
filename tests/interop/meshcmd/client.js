// SPDX-FileCopyrightText: 2026 The outofband.amt contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// MeshCentral's clients of the management engine (amt-mei.js, amt-lme.js from the given folder) and its AMT stack (amt.js)
// under Node. What their own runtime brings is stood in for here: `heci` speaks with a socket, on which a message follows
// its length, and log-ins are ours. Reads JSON {socket, steps, local: {user, password, calls, tls: {cert, key}}}, prints
// {steps: [...], local: {ports, answers}}; a call is a function of the stack and its arguments, an answer {status, body},
// without a status where the connection broke. With `tls`, which may be empty, it is the port with TLS.
'use strict'
const path = require('path')
const net = require('net')
const http = require('http')
const https = require('https')
const crypto = require('crypto')
const { EventEmitter } = require('events')
const Module = require('module')
const { readFileSync } = require('fs')

const folder = process.argv[2]
const given = JSON.parse(readFileSync(0, 'utf8'))

const GUIDS = {
  AMT: '12f80028-b4b7-4b2d-aca8-46e0ff65814c',
  LME: '6733a4db-0476-4e7b-b3af-bcfc29bee7a7'
}

// The last that the firmware wants to be reached at.
const LAST_PORT = 664

class Device extends EventEmitter {
  connect (guid) {
    this.socket = net.connect(given.socket, () => this.frame(Buffer.from(guid)))
    this.waiting = Buffer.alloc(0)
    this.greeted = false
    this.socket.on('data', (piece) => this.take(piece))
    this.socket.on('error', (error) => this.emit('error', error))
  }

  frame (message) {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(message.length, 0)
    this.socket.write(Buffer.concat([head, message]))
  }

  take (piece) {
    this.waiting = Buffer.concat([this.waiting, piece])
    while (this.waiting.length >= 4 && this.waiting.length >= 4 + this.waiting.readUInt32BE(0)) {
      const message = this.waiting.slice(4, 4 + this.waiting.readUInt32BE(0))
      this.waiting = this.waiting.slice(4 + message.length)
      if (this.greeted) {
        this.emit('data', message)
      } else if (message.length) {
        this.emit('error', message.toString())
      } else {
        this.greeted = true
        this.emit('connect')
      }
    }
  }

  write (message) { this.frame(message) }
  resume () {}
  disconnect () { this.socket.end() }
}

class Queue {
  constructor () { this.items = [] }
  enQueue (item) { this.items.push(item) }
  deQueue () { return this.items.shift() }
  peekQueue () { return this.items[0] }
  isEmpty () { return this.items.length === 0 }
}

class MemoryStream {
  constructor () { this.buffer = Buffer.alloc(0) }
  add (piece) { this.buffer = Buffer.concat([this.buffer, piece]) }
  writeUInt8 (value) { this.add(Buffer.from([value])) }
  write (text) { this.add(Buffer.from(text)) }
  writeUInt32BE (value) {
    const octets = Buffer.alloc(4)
    octets.writeUInt32BE(value, 0)
    this.add(octets)
  }
}

function inherits (object) {
  const emitter = EventEmitter.prototype
  for (const name of ['on', 'once', 'emit', 'removeListener', 'listenerCount']) object[name] = emitter[name]
  return { createEvent () {} }
}

const standIns = {
  heci: { GUIDS, create: () => new Device() },
  queue: Queue,
  MemoryStream,
  events: { inherits, EventEmitter },
  'amt-xml': null,
  net: { createServer: () => Object.assign(new EventEmitter(), { listen () {} }) }
}
const load = Module._load
Module._load = function (name, parent, ...rest) {
  const asked = parent && parent.filename && parent.filename.startsWith(path.resolve(folder))
  return asked && name in standIns ? standIns[name] : load.call(this, name, parent, ...rest)
}
console.info1 = () => {}
console.log = console.error
// eslint-disable-next-line no-extend-native
Object.defineProperty(Object.prototype, '_hashCode', { value: () => 0 })
const toString = Buffer.prototype.toString
Buffer.prototype.toString = function (encoding, ...rest) {
  if (encoding === 'hex:') return toString.call(this, 'hex').replace(/..(?=.)/g, '$&:')
  return toString.call(this, encoding, ...rest)
}
global.heci = standIns.heci
standIns['amt-xml'] = require(path.resolve(folder, 'amt-xml.js'))

const Mei = require(path.resolve(folder, 'amt-mei.js'))
const mei = new Mei()

function step ([name, ...values]) {
  const given = values.map((value) => value !== null && value.hex !== undefined ? Buffer.from(value.hex, 'hex') : value)
  return new Promise((resolve) => mei[name](...given, resolve))
}

function send (port, body, headers) {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/wsman', method: 'POST', headers, agent: false }
    const { tls } = given.local
    Object.assign(options, tls && { ...tls, rejectUnauthorized: false })
    const sent = (tls ? https : http).request(options, (answer) => {
      let text = ''
      answer.on('data', (piece) => { text += piece })
      answer.on('end', () => resolve({ status: answer.statusCode, challenge: answer.headers['www-authenticate'], text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const md5 = (...parts) => crypto.createHash('md5').update(parts.join(':')).digest('hex')

function authorization (challenge) {
  const value = (name) => new RegExp(name + '="([^"]*)"').exec(challenge)[1]
  const { user, password } = given.local
  const secret = md5(user, value('realm'), password)
  const response = md5(secret, value('nonce'), '00000001', 'c', 'auth', md5('POST', '/wsman'))
  return `Digest username="${user}", realm="${value('realm')}", nonce="${value('nonce')}", uri="/wsman", ` +
    `qop=auth, nc=00000001, cnonce="c", response="${response}"`
}

// Their runtime calls back with the socket for `this`.
function asTheirs (socket) {
  const write = socket.write.bind(socket)
  socket.write = (data, done) => write(data, done && done.bind(socket))
  return socket
}

function openLocal () {
  const Lme = require(path.resolve(folder, 'amt-lme.js'))
  const lme = new Lme()
  return new Promise((resolve, reject) => {
    lme.on('error', (error) => { if (error !== 'APF/BIND error') reject(error) })
    lme.on('bind', (ports) => {
      if (!ports[LAST_PORT]) return
      const server = net.createServer((socket) => lme.bindDuplexStream(asTheirs(socket), 'IPv4', given.local.tls ? 16993 : 16992))
      server.listen(0, '127.0.0.1', () => resolve({ ports: Object.keys(ports), port: server.address().port }))
    })
  })
}

// What their runtime's HTTP would do: `this` is the transport of amt-wsman.js.
function transport (port) {
  return function () {
    Object.assign(this, { PendingAjax: [], ActiveAjaxCount: 0 })
    this.PerformAjax = async (document, done) => {
      const first = await send(port, document, {})
      const headers = { Authorization: authorization(first.challenge) }
      const answer = await send(port, document, headers).catch(() => ({ text: null }))
      done(answer.status === 200 ? answer.text : null, answer.status)
    }
  }
}

function call (amt, [name, ...values]) {
  return new Promise((resolve) => amt[name](...values, (stack, asked, response, status) => {
    resolve({ status, body: response && response.Body !== undefined ? response.Body : response })
  }))
}

async function main () {
  const steps = []
  for (const one of given.steps) steps.push(await step(one))
  let local = null
  if (given.local) {
    const opened = await openLocal()
    const wsman = require(path.resolve(folder, 'amt-wsman.js'))({ transport: transport(opened.port) })
    const amt = require(path.resolve(folder, 'amt.js'))(wsman)
    local = { ports: opened.ports, answers: [] }
    for (const one of given.local.calls) local.answers.push(await call(amt, one))
  }
  process.stdout.write(JSON.stringify({ steps, local }), () => process.exit(0))
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
