{{/*
The variables of a policy about TraefikServices that say which pair it is about, as webhook/policy/governed.ts does, and
what the request does to its weights.
*/}}
{{- define "bluegreen.pairVariables" -}}
- name: ann
  expression: object.metadata.?annotations.orValue({})
- name: oldAnn
  expression: "oldObject == null ? {} : oldObject.metadata.?annotations.orValue({})"
- name: kids
  expression: object.?spec.?weighted.?services.orValue([])
- name: oldKids
  expression: "oldObject == null ? [] : oldObject.?spec.?weighted.?services.orValue([])"
# What each entry names, without Traefik's own provider. Traefik counts a missing weight as 1.
- name: now
  expression: >-
    variables.kids.map(k, {'n': dyn(k.name.endsWith('@kubernetescrd') ? k.name.substring(0, k.name.size() - 14) : k.name), 'w': dyn(k.?weight.orValue(1)), 'e': dyn(k)})
- name: was
  expression: >-
    variables.oldKids.map(k, {'n': dyn(k.name.endsWith('@kubernetescrd') ? k.name.substring(0, k.name.size() - 14) : k.name), 'w': dyn(k.?weight.orValue(1)), 'e': dyn(k)})
# The entries of the other strategies, of the old and of the new object.
- name: others
  expression: >-
    [dyn(oldObject), dyn(object)].map(o, o == null ? [] :
      [o.?spec.?mirroring].filter(k, k.hasValue() && k.value().?name.hasValue()).map(k, k.value())
      + o.?spec.?mirroring.?mirrors.orValue([])
      + o.?spec.?highestRandomWeight.?services.orValue([])
      + [o.?spec.?failover.?service, o.?spec.?failover.?fallback].filter(k, k.hasValue() && k.value().?name.hasValue()).map(k, k.value()))
# The Services that the entries may reach: what they name, and, where that is a TraefikService, the Service whose port
# Traefik may store under that name, as in serviceNamesIn (webhook/policy/traefik/reach.ts).
- name: reached
  expression: >-
    [variables.oldKids.map(k, dyn(k)) + variables.others[0], variables.kids.map(k, dyn(k)) + variables.others[1]]
    .map(l, l.map(k, {'n': dyn(k.name.endsWith('@kubernetescrd') ? k.name.substring(0, k.name.size() - 14) : k.name), 't': dyn(k.?kind.orValue('') == 'TraefikService')}))
    .map(l, l.map(k, k.n)
      + l.filter(k, k.t && k.n.lastIndexOf('-') > 0).map(k, k.n.substring(0, k.n.lastIndexOf('-')))
      + l.filter(k, k.t).map(k, k.n.find('(?s)^.*-(?:blue|green)-')).filter(n, n != '').map(n, n.substring(0, n.size() - 1)))
- name: oldNames
  expression: variables.reached[0].map(n, string(n))
- name: names
  expression: variables.reached[1].map(n, string(n))
# The pair that each color-like name belongs to; a name that fits both reads as a prefix.
- name: pairs
  expression: >-
    [variables.oldNames, variables.names].map(l, l.filter(n, n.matches('^(blue|green)(-|$)|-(blue|green)$')).map(n,
      n.matches('^blue(-|$)') ? {'blue': dyn(n), 'green': dyn('green' + n.substring(4))}
      : n.matches('^green(-|$)') ? {'blue': dyn('blue' + n.substring(5)), 'green': dyn(n)}
      : n.endsWith('-blue') ? {'blue': dyn(n), 'green': dyn(n.substring(0, n.size() - 4) + 'green')}
      : {'blue': dyn(n.substring(0, n.size() - 5) + 'blue'), 'green': dyn(n)}))
- name: annotated
  expression: >-
    [variables.oldAnn, variables.ann].map(a,
      [{'blue': dyn(a[?'bluegreen.dev/blue'].orValue('')), 'green': dyn(a[?'bluegreen.dev/green'].orValue(''))}]
      .filter(p, p.blue != '' && p.green != '' && p.blue != p.green
        && (variables.oldNames + variables.names).exists(n, n in [p.blue, p.green])))
# The old object fixes the pair: neither new names nor new annotations end governance or move it to another pair. Names
# come before annotations, which could otherwise swap or replace a color.
- name: pair
  expression: >-
    (variables.pairs[0].filter(p, p.blue in variables.oldNames && p.green in variables.oldNames)
    + variables.annotated[0]
    + ('bluegreen.dev/active' in variables.oldAnn ? variables.pairs[0] : [])
    + variables.pairs[1].filter(p, p.blue in variables.names && p.green in variables.names)
    + variables.annotated[1]
    + [{'blue': dyn(''), 'green': dyn('')}])[0]
- name: governed
  expression: variables.pair.blue != ''
# The entries of blue and green, before and after.
- name: blueNow
  expression: variables.now.filter(k, k.n == variables.pair.blue)
- name: greenNow
  expression: variables.now.filter(k, k.n == variables.pair.green)
- name: blueWas
  expression: variables.was.filter(k, k.n == variables.pair.blue)
- name: greenWas
  expression: variables.was.filter(k, k.n == variables.pair.green)
# Whether the old object lost every weight: nothing filled them in, and Traefik splits production evenly.
- name: lost
  expression: >-
    variables.blueWas.size() > 0 && variables.greenWas.size() > 0
    && variables.was.all(k, !(k.n in [variables.pair.blue, variables.pair.green]) || !has(k.e.weight))
# The color with the greater weight in all of its entries, blue on a tie, '' when there is none. What annotations say
# counts only where the weights are lost. Doubles, because integers beyond 2^63 are an error.
- name: activeNow
  expression: >-
    variables.greenNow.map(k, double(k.w)).sum() > variables.blueNow.map(k, double(k.w)).sum() ? 'green'
    : variables.blueNow.size() == 0 ? '' : 'blue'
- name: activeWas
  expression: >-
    variables.lost && variables.oldAnn[?'bluegreen.dev/active'].orValue('') in ['blue', 'green'] ? variables.oldAnn['bluegreen.dev/active']
    : variables.greenWas.map(k, double(k.w)).sum() > variables.blueWas.map(k, double(k.w)).sum() ? 'green'
    : variables.blueWas.size() == 0 ? '' : 'blue'
# Weights that the request leaves out and the old object had: the webhook and the MutatingAdmissionPolicy fill them in.
- name: missing
  expression: >-
    variables.now.filter(k, k.n in [variables.pair.blue, variables.pair.green] && !has(k.e.weight)
      && !variables.was.exists(o, o.n == k.n && !has(o.e.weight))).map(k, string(k.n))
- name: missingFindings
  expression: >-
    !variables.governed || variables.missing.size() == 0 ? [] :
      ['weights-total: ' + variables.missing.join(' and ') + (variables.missing.size() == 1 ? ' has' : ' have')
       + ' no weight, and no webhook answered that fills it in: Traefik would split production. Leave Git as it is and apply again when the webhook answers. See: kubectl bluegreen doctor -n '
       + request.namespace]
{{- end }}

{{/* The version of MutatingAdmissionPolicy that the cluster serves; empty where it serves none. */}}
{{- define "bluegreen.mutatingPolicyVersion" -}}
{{- $group := "admissionregistration.k8s.io" }}
{{- if .Capabilities.APIVersions.Has (printf "%s/v1/MutatingAdmissionPolicy" $group) }}{{ $group }}/v1
{{- else if .Capabilities.APIVersions.Has (printf "%s/v1beta1/MutatingAdmissionPolicy" $group) }}{{ $group }}/v1beta1
{{- end }}
{{- end }}
