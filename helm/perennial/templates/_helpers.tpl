{{- define "perennial.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "perennial.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "perennial.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "perennial.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "perennial.selectorLabels" -}}
app.kubernetes.io/name: {{ include "perennial.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "perennial.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "perennial.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "perennial.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "perennial.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "perennial.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- $default := ternary (printf "%s-cuda" .Chart.AppVersion) .Chart.AppVersion .Values.gpu.enabled }}
{{- printf "%s:%s" .Values.image.repository (default $default .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "perennial.claimName" -}}
{{- default (include "perennial.fullname" .) .Values.persistence.existingClaim }}
{{- end }}

{{- define "perennial.secretName" -}}
{{- default (include "perennial.fullname" .) .Values.security.existingSecret }}
{{- end }}

{{/* Says so where the configuration has an operator's key. */}}
{{- define "perennial.hasKey" -}}
{{- if or .Values.security.operatorKey .Values.security.existingSecret }}key{{ end }}
{{- end }}

{{/* The port that health, metrics and the reference are on. */}}
{{- define "perennial.operationPort" -}}
{{- ternary "management" "http" .Values.management.enabled }}
{{- end }}

{{/* Says so where there may be more than one pod. */}}
{{- define "perennial.several" -}}
{{- if or (gt (int .Values.replicaCount) 1) .Values.autoscaling.enabled }}several{{ end }}
{{- end }}

{{/* Refuses what could not work, with the way out. */}}
{{- define "perennial.check" -}}
{{- if and (include "perennial.several" .) (not .Values.postgresql.enabled) }}
{{- fail "replicaCount: several replicas share a PostgreSQL. Set postgresql.enabled, or replicaCount to 1 and autoscaling.enabled to false." }}
{{- end }}
{{- if and (include "perennial.several" .) .Values.persistence.enabled }}
{{- fail "persistence.enabled: one volume cannot be mounted by several replicas, and PostgreSQL has all that has to stay. Set persistence.enabled to false." }}
{{- end }}
{{- if and .Values.gpu.enabled .Values.image.tag (not .Values.image.digest) (not (contains "cuda" .Values.image.tag)) }}
{{- fail "gpu.enabled: the image's tag does not name a CUDA image. Leave image.tag empty, or name a tag that contains 'cuda'." }}
{{- end }}
{{- if ne (empty .Values.security.oidc.issuer) (empty .Values.security.oidc.audience) }}
{{- fail "security.oidc: name both the issuer and the audience. A token for another service is none for this one." }}
{{- end }}
{{- /* The linter renders the defaults, and installs nothing. */}}
{{- if and (or .Release.IsInstall .Release.IsUpgrade) (not (include "perennial.hasKey" .)) (not .Values.security.oidc.issuer) }}
{{- fail "security: every request needs a key, and there is none to begin with. Set security.operatorKey (openssl rand -hex 32), name a secret in security.existingSecret, or an identity provider in security.oidc." }}
{{- end }}
{{- if and .Values.security.oidc.tenantClaim (eq .Values.security.oidc.defaultTenant "none") (not (include "perennial.hasKey" .)) }}
{{- fail "security.oidc.defaultTenant: no token is of the default tenant, whose operators make the others. Set security.operatorKey, or let tokens be of it (named, unnamed)." }}
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled (not (include "perennial.hasKey" .)) (not .Values.metrics.serviceMonitor.keySecret) }}
{{- fail "metrics.serviceMonitor: Prometheus needs a key, and gets no token. Name a secret with one in metrics.serviceMonitor.keySecret, or set security.operatorKey." }}
{{- end }}
{{- if and .Values.postgresql.enabled (not (and .Values.postgresql.url .Values.postgresql.existingSecret)) }}
{{- fail "postgresql.enabled: name the database in postgresql.url (jdbc:postgresql://host:5432/database), and the secret with its user and password in postgresql.existingSecret." }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "ingress.enabled: name at least one host in ingress.hosts." }}
{{- end }}
{{- if and .Values.management.enabled (or (eq (int .Values.management.port) 8080) (eq (int .Values.management.port) (int .Values.service.port))) }}
{{- fail "management.port: the service's own port has to be another one. Set management.port to 9000." }}
{{- end }}
{{- if hasKey .Values.config "perennial.management.port" }}
{{- fail "config: set management.enabled and management.port instead of perennial.management.port, so that probes and the service follow." }}
{{- end }}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) }}
{{- fail "autoscaling.minReplicas: is more than autoscaling.maxReplicas." }}
{{- end }}
{{- if and .Values.podDisruptionBudget.enabled (not .Values.autoscaling.enabled) (lt (int .Values.replicaCount) 1) }}
{{- fail "podDisruptionBudget.enabled: there is no pod to protect. Set replicaCount to 1, or leave the budget out." }}
{{- end }}
{{- end }}
