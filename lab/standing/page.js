const byId = id => document.getElementById(id)
const timeline = byId('timeline')
const withCalls = byId('with-calls')
const moments = []

const element = (name, text, className) => {
  const made = document.createElement(name)
  made.textContent = text
  if (className) made.className = className
  return made
}

const showSeconds = ms => `${(ms / 1000).toFixed(1)} s`

const showFields = fields =>
  Object.entries(fields)
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
    .slice(0, 300)

const isShown = ({ lane }) => lane !== 'api' || withCalls.checked

const line = moment => {
  const item = document.createElement('li')
  const what = element('span', `${moment.what} `)
  what.append(element('small', showFields(moment.fields)))
  item.append(element('span', showSeconds(moment.atMs)), element('span', moment.lane), what)
  return item
}

const add = moment => {
  moments.push(moment)
  if (moments.length > 2000) moments.shift()
  if (!isShown(moment)) return
  timeline.prepend(line(moment))
  while (timeline.childElementCount > 500) timeline.lastElementChild.remove()
}

withCalls.addEventListener('change', () => {
  timeline.replaceChildren(...moments.filter(isShown).slice(-500).reverse().map(line))
})

const classOf = state => (state === 'healthy' ? 'good' : state.startsWith('un') ? 'bad' : 'busy')

const showView = view => {
  byId('clock').textContent = `${showSeconds(view.nowMs)} of lab time, ${view.speed} times as fast as AWS`
  const rows = [
    ['writer', element('dd', view.writer)],
    ...view.targets.map(({ target, state, reason }) => [
      'target',
      element('dd', `${target} ${state}${reason ? ` (${reason})` : ''}`, classOf(state)),
    ]),
    ...view.paths.map(({ name, state }) => [name, element('dd', state)]),
    ['function', element('dd', `${view.runs} runs${view.running > 0 ? ', running now' : ''}`)],
    ...view.rules.map(({ name, isEnabled }) => [
      'rule',
      element('dd', `${name}: ${isEnabled ? 'on' : 'off'}`, isEnabled ? '' : 'busy'),
    ]),
    ['schedule', element('dd', view.schedule)],
    ['alarms', element('dd', view.alarms.join(', ') || 'silent', view.alarms.length > 0 ? 'bad' : 'good')],
  ]
  byId('now').replaceChildren(...rows.flatMap(([name, value]) => [element('dt', name), value]))
}

const showActions = actions => {
  byId('actions').replaceChildren(
    ...actions.map(({ name, title }) => {
      const button = element('button', title)
      button.type = 'button'
      button.addEventListener('click', () =>
        fetch(`act/${name}`, { method: 'POST', headers: { 'x-repoint-lab': 'page' } }),
      )
      return button
    }),
  )
}

const events = new EventSource('events')
events.addEventListener('open', () => {
  moments.length = 0
  timeline.replaceChildren()
})
events.addEventListener('moment', event => add(JSON.parse(event.data)))
events.addEventListener('view', event => showView(JSON.parse(event.data)))
events.addEventListener('actions', event => showActions(JSON.parse(event.data)))
events.addEventListener('error', () => {
  byId('clock').textContent = 'the lab has ended'
})
