{{- define "bluegreen.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "bluegreen.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "bluegreen.selectorLabels" -}}
app.kubernetes.io/name: {{ include "bluegreen.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "bluegreen.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "bluegreen.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.global.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "bluegreen.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "bluegreen.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "bluegreen.caSecretName" -}}
{{ include "bluegreen.fullname" . }}-ca
{{- end }}

{{- define "bluegreen.image" -}}
{{- with .Values.image -}}
{{- with $.Values.global.imageRegistry | default .registry }}{{ . }}/{{ end }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end }}
{{- end }}

{{/*
Of global, a chart that is a dependency leaves alone what belongs to others, which no schema can say. The schema denies an
image without a registry as well: this is for `--skip-schema-validation`.
*/}}
{{- define "bluegreen.validate" -}}
{{- with .Values.image }}
{{- if and (eq .repository "bluegreen/webhook") (not (or .registry $.Values.global.imageRegistry)) (ne .pullPolicy "Never") }}
{{- fail "image.registry is not set, and the project publishes no image: build it, push it to your registry, and install with --set image.registry=REGISTRY (or image.repository=REGISTRY/NAME, or global.imageRegistry). For an image that is on every node: --set image.pullPolicy=Never" }}
{{- end }}
{{- end }}
{{- if .Chart.IsRoot }}
{{- range $key := keys .Values.global | sortAlpha }}
{{- if not (has $key (list "imageRegistry" "imagePullSecrets" "commonLabels")) }}
{{- fail (printf "global.%s is no value of this chart: it has global.imageRegistry, global.imagePullSecrets and global.commonLabels" $key) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/*
Where `helm test` tries a creation: the namespace of the values, unless it is never guarded; then one that every cluster
has.
*/}}
{{- define "bluegreen.testNamespace" -}}
{{- $unguarded := append .Values.excludedNamespaces .Release.Namespace }}
{{- $chosen := "" }}
{{- range list .Values.tests.namespace "default" "kube-public" }}
{{- if not (or $chosen (has . $unguarded)) }}{{ $chosen = . }}{{ end }}
{{- end }}
{{- default .Values.tests.namespace $chosen }}
{{- end }}

{{/* Empty where there are none. Charts that share global write the plain names there. */}}
{{- define "bluegreen.imagePullSecrets" -}}
{{- $secrets := list }}
{{- range concat .Values.global.imagePullSecrets .Values.imagePullSecrets }}
{{- $secrets = append $secrets (kindIs "string" . | ternary (dict "name" .) .) }}
{{- end }}
{{- with uniq $secrets -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The default mode: an unquoted off in a values file is a boolean by the time it arrives here. */}}
{{- define "bluegreen.mode" -}}
{{- if kindIs "bool" .Values.mode }}off{{ else }}{{ .Values.mode }}{{ end }}
{{- end }}

{{/*
The namespaces of one mode. A namespace without the label, or with a value that is no mode, has the default one.
Call with (dict "root" $ "mode" "warn").
*/}}
{{- define "bluegreen.namespaceSelector" -}}
matchExpressions:
  - key: kubernetes.io/metadata.name
    operator: NotIn
    values: {{ append .root.Values.excludedNamespaces .root.Release.Namespace | uniq | toJson }}
  - key: bluegreen.dev/mode
    {{- if eq .mode (include "bluegreen.mode" .root) }}
    operator: NotIn
    values: {{ without (list "enforce" "warn" "audit" "off") .mode | toJson }}
    {{- else }}
    operator: In
    values: {{ list .mode | toJson }}
    {{- end }}
{{- end }}

{{/* Webhooks are named after what they do; the enforcing ones have the plain name, which users see in a denial. */}}
{{- define "bluegreen.webhookName" -}}
{{ .webhook }}{{ if ne .mode "enforce" }}-{{ .mode }}{{ end }}.bluegreen.dev
{{- end }}

{{/* Name of the Secret that is mounted; empty where the webhook makes its certificates itself. */}}
{{- define "bluegreen.certificateSecretName" -}}
{{- with .Values.certificates }}
{{- if eq .source "cert-manager" }}{{ include "bluegreen.fullname" $ }}-tls
{{- else if eq .source "existing" }}
{{- required "certificates.source is existing: set certificates.existing.secretName to the name of your Secret" .existing.secretName }}
{{- end }}
{{- end }}
{{- end }}

{{/* Who writes the CA bundles: "given" where it is not the webhook. */}}
{{- define "bluegreen.caBundleWriter" -}}
{{- with .Values.certificates }}
{{- if or (eq .source "cert-manager") (and (eq .source "existing") .existing.caBundle) }}given{{ else }}from-secret{{ end }}
{{- end }}
{{- end }}

{{/* Annotations of the webhook configurations: where their CA bundles come from, for cert-manager and users. */}}
{{- define "bluegreen.certificateAnnotations" -}}
{{- with .Values.webhookAnnotations }}
{{- toYaml . }}
{{ end }}
bluegreen.dev/certificates: {{ .Values.certificates.source }}
{{- if eq .Values.certificates.source "cert-manager" }}
cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ include "bluegreen.fullname" . }}-tls
{{- end }}
{{- end }}

{{/*
What all webhooks share. There is no caBundle unless the values have it: the webhook or cert-manager writes it, and a
field that is not in the chart is left alone by upgrades.
*/}}
{{- define "bluegreen.webhook" -}}
name: {{ include "bluegreen.webhookName" . }}
admissionReviewVersions: [v1]
clientConfig:
  {{- include "bluegreen.caBundle" .root | nindent 2 }}
  service:
    name: {{ include "bluegreen.fullname" .root }}
    namespace: {{ .root.Release.Namespace }}
    path: /{{ .webhook }}/{{ .mode }}
    port: 443
matchPolicy: Equivalent
sideEffects: {{ if .root.Values.events.enabled }}NoneOnDryRun{{ else }}None{{ end }}
namespaceSelector:
  {{- include "bluegreen.namespaceSelector" . | nindent 2 }}
{{- end }}

{{- define "bluegreen.caBundle" -}}
{{- with .Values.certificates }}
{{- if and (eq .source "existing") .existing.caBundle }}caBundle: {{ .existing.caBundle | b64enc }}{{ end }}
{{- end }}
{{- end }}

{{/* "true" where Helm itself talks to the cluster; not under "helm template", and so not under Argo CD. */}}
{{- define "bluegreen.connected" -}}
{{- if lookup "v1" "Namespace" "" "kube-system" }}true{{ end }}
{{- end }}

{{/*
Fail denies promotions while no webhook answers. On a first installation that would block releases because of an image
that cannot be pulled, so it starts with Ignore, and the webhook sets Fail once the API server has reached it.
*/}}
{{- define "bluegreen.promotionFailurePolicy" -}}
{{- $served := true }}
{{- if include "bluegreen.connected" .root }}
{{- $live := lookup "admissionregistration.k8s.io/v1" "ValidatingWebhookConfiguration" "" (include "bluegreen.fullname" .root) }}
{{- $served = false }}
{{- range (default dict $live).webhooks }}
{{- if .clientConfig.caBundle }}{{ $served = true }}{{ end }}
{{- end }}
{{- end }}
{{- if and (eq .mode "enforce") $served }}Fail{{ else }}Ignore{{ end }}
{{- end }}

{{- define "bluegreen.leaseName" -}}
{{ include "bluegreen.fullname" . }}-audit
{{- end }}

{{/* "true" unless the audit is turned off: 0 is a number or, by --set-string, a text. */}}
{{- define "bluegreen.audits" -}}
{{- if ne (toString .Values.audit.interval) "0" }}true{{ end }}
{{- end }}

{{/*
Which requests for workloads the guard is asked about. A rollout by itself matters only where an empty color takes the
TraefikService down.
*/}}
{{- define "bluegreen.guardWorkload" -}}
{{- $rollout := .Values.allowEmptyServices | ternary "false" (.Files.Get "files/cel/guard-rollout.cel" | trim) }}
{{- .Files.Get "files/cel/guard-workload.cel" | trim | replace "ROLLOUT" $rollout }}
{{- end }}
