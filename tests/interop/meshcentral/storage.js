// SPDX-FileCopyrightText: 2026 The outofband.amt contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The storage page of MeshCommander, taken out of the page that MeshCentral ships, over MeshCentral's AMT stack from the
// given folder, against one device. Reads JSON {host, port, user, password, commander, steps}; a step is {do: 'list'},
// {do: 'upload', vendor, app, name, type, link, content} in base64, {do: 'download', path} or {do: 'delete', path}. Prints
// a JSON list with an answer per step: what it lists, the octets in base64, or the error it shows.
'use strict'
const path = require('path')
const vm = require('vm')
const { readFileSync } = require('fs')

const given = JSON.parse(readFileSync(0, 'utf8'))
const comm = require(path.join(process.argv[2], 'amt-wsman-comm.js'))(
  given.host, given.port, given.user, given.password, 0
)
const page = readFileSync(given.commander, 'latin1')

function taken (name) {
  const start = page.indexOf('function ' + name + '(')
  let depth = 0
  for (let at = page.indexOf('{', start); ; at++) {
    if (page[at] === '{') depth++
    if (page[at] === '}' && --depth === 0) return page.slice(start, at + 1)
  }
}

const nothing = () => ''
const fields = {}
const page_ = {
  wsstack: { comm },
  amtstack: { PendingBatchOperations: 1 },
  amtFirstPull: 0,
  xxdialogMode: 0,
  xxStorage: null,
  xxStorageVendors: [],
  xxStorageApplications: [],
  Q: (id) => fields[id],
  console: { log: (text) => finish({ error: text }) },
  messagebox: (title, text) => finish({ error: text }),
  format: (text, value) => text.replace('{0}', value),
  saveAs: (data) => finish({ octets: Buffer.from(data, 'latin1').toString('base64') }),
  data2blob: (data) => data,
  EscapeHtml: (text) => text,
  FileReader: class {}
}
for (const name of ['QV', 'QH', 'refreshButtons', 'TableStart2', 'TableEnd', 'AddButton', 'AddButton2', 'AddRefreshButton', 'haltEvent', 'setDialogMode']) page_[name] = nothing
vm.createContext(page_)
for (const name of ['PullStorage', 'PullStorageResponse', 'showStorageDetailsEx', 'storageDeleteResponse', 'DownloadFromStorage', 'DownloadFromStorageEx', 'PushToStorage', 'PushToStorageResponse', 'UploadToStorageEx2']) {
  vm.runInContext(taken(name), page_)
}
const shown = page_.PullStorageResponse
page_.PullStorageResponse = (body, status, tag) => {
  shown(body, status, tag)
  finish(status === 200 ? { files: page_.xxStorage.content } : { error: status })
}

const steps = {
  list: () => page_.PullStorage(),
  delete: (step) => page_.showStorageDetailsEx(2, step.path),
  download: (step) => page_.DownloadFromStorage(step.path, step.path, null),
  upload: (step) => {
    Object.assign(fields, {
      mstoragevendor: { value: step.vendor },
      mstorageapplication: { value: step.app },
      mstoragefilename: { value: step.name },
      mstoragetype: { value: step.type },
      mstoragelink: { value: step.link },
      mstoragefile: { files: [{ name: step.name }] }
    })
    page_.UploadToStorageEx2({ target: { result: Buffer.from(step.content, 'base64').toString('latin1') } })
  }
}

const answers = []
function finish (answer) {
  answers.push(answer)
  setImmediate(next)
}
function next () {
  const step = given.steps.shift()
  if (step === undefined) return process.stdout.write(JSON.stringify(answers), () => process.exit(0))
  steps[step.do](step)
}
next()
