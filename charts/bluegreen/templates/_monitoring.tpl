{{/* Call with (dict "root" $ "monitor" VALUES), where the values are those of a ServiceMonitor or a PodMonitor. */}}
{{- define "bluegreen.monitorMetadata" -}}
name: {{ include "bluegreen.fullname" .root }}
namespace: {{ .monitor.namespace | default .root.Release.Namespace }}
labels:
  {{- include "bluegreen.labels" .root | nindent 2 }}
  {{- with .monitor.labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .monitor.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
One endpoint. honorLabels: the label namespace of a metric is the TraefikService's, which the target's must not replace.
*/}}
{{- define "bluegreen.monitorEndpoint" -}}
port: https
path: /metrics
scheme: https
honorLabels: true
{{- with .monitor.interval }}
interval: {{ . }}
{{- end }}
{{- with .monitor.scrapeTimeout }}
scrapeTimeout: {{ . }}
{{- end }}
tlsConfig:
  {{- if .monitor.tlsConfig }}
  {{- toYaml .monitor.tlsConfig | nindent 2 }}
  {{- else if .monitor.namespace }}
  {{- fail "a monitor in another namespace cannot read the CA in the release's: set its tlsConfig as well, for example {insecureSkipVerify: true}" }}
  {{- else }}
  {{- include "bluegreen.monitorTLS" .root | nindent 2 }}
  {{- end }}
{{- with .monitor.relabelings }}
relabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .monitor.metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .monitor.endpointAdditionalProperties }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The certificate is for the Service's name, so its pods are asked for that name, too. */}}
{{- define "bluegreen.monitorTLS" -}}
ca:
  secret:
    name: {{ default (include "bluegreen.caSecretName" .) (include "bluegreen.certificateSecretName" .) }}
    key: ca.crt
serverName: {{ include "bluegreen.fullname" . }}.{{ .Release.Namespace }}.svc
{{- end }}
