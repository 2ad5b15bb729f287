using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CodexService.Sandbox.Docker;

/// <summary>The Docker Engine API over HTTP on the engine's socket.</summary>
internal sealed class DockerEngine : IContainerEngine
{
    /// <summary>The newest API version whose shapes were checked; an older engine is asked in its own version.</summary>
    private static readonly Version NewestApi = new(1, 47);

    /// <summary>Far above what the engine takes under load; a hung engine becomes an error and not a hung attempt.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(2);

    /// <summary>How long a removal may take in all, the wait for another one's end included.</summary>
    private static readonly TimeSpan RemovalTimeout = TimeSpan.FromMinutes(3);

    private readonly DockerEndpoint _endpoint;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private string? _api;

    public DockerEngine(DockerEndpoint endpoint, TimeProvider time)
    {
        _endpoint = endpoint;
        _time = time;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, cancellationToken) => endpoint.ConnectAsync(cancellationToken),
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://docker"), Timeout = Timeout.InfiniteTimeSpan };
    }

    public async Task PingAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/_ping");
        using var response = await ExchangeAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusedAsync("ping", response, cancellationToken);
        }

        var engine = response.Headers.TryGetValues("Api-Version", out var values) && Version.TryParse(values.First(), out var version)
            ? version
            : new Version(1, 41);
        _api = "/v" + (engine < NewestApi ? engine : NewestApi);
    }

    public async Task<ImageInspectResponse?> InspectImageAsync(string name, CancellationToken cancellationToken) =>
        await GetAsync($"/images/{Uri.EscapeDataString(name)}/json", "image inspect", DockerJson.Default.ImageInspectResponse, cancellationToken);

    public async Task<string> CreateContainerAsync(string name, CreateContainerParameters parameters, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(parameters, DockerJson.Default.CreateContainerParameters);
        // The engine wants a Content-Length; JsonContent alone would be sent in chunks.
        await content.LoadIntoBufferAsync(cancellationToken);
        using var response = await SendAsync(
            HttpMethod.Post, $"/containers/create?name={Uri.EscapeDataString(name)}", content, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            throw MissingImage(parameters.Image);
        }

        if (!response.IsSuccessStatusCode)
        {
            throw await RefusedAsync("create", response, cancellationToken);
        }

        return (await ReadAsync(response, DockerJson.Default.CreateContainerResponse, cancellationToken)).Id;
    }

    public async Task<IAttachedStreams> AttachContainerAsync(string id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, await PathAsync($"/containers/{id}/attach?stream=1&stdin=1&stdout=1&stderr=1", cancellationToken));
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("tcp"));
        var response = await ExchangeAsync(request, cancellationToken);
        try
        {
            if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
            {
                throw await RefusedAsync("attach", response, cancellationToken);
            }

            return new MultiplexedStream(await response.Content.ReadAsStreamAsync(cancellationToken), response);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public async Task StartContainerAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, $"/containers/{id}/start", null, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusedAsync("start", response, cancellationToken);
        }
    }

    public async Task<ContainerInspectResponse?> InspectContainerAsync(string id, CancellationToken cancellationToken) =>
        await GetAsync($"/containers/{id}/json", "inspect", DockerJson.Default.ContainerInspectResponse, cancellationToken);

    public async Task RemoveContainerAsync(string id, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(RemovalTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await RemoveOrWaitAsync(id, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SandboxException($"Docker did not remove the container {id} within {RemovalTimeout.TotalSeconds:N0} s: look at the engine's log.");
        }
    }

    private async Task RemoveOrWaitAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, $"/containers/{id}?force=1&v=1", null, cancellationToken);
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotFound)
        {
            return;
        }

        if (response.StatusCode != HttpStatusCode.Conflict)
        {
            throw await RefusedAsync("remove", response, cancellationToken);
        }

        // Another removal (the engine's own, at the end of the main process) is in progress: wait for its end.
        using var wait = await SendAsync(HttpMethod.Post, $"/containers/{id}/wait?condition=removed", null, cancellationToken);
        await wait.Content.LoadIntoBufferAsync(cancellationToken);
        if (!wait.IsSuccessStatusCode && wait.StatusCode != HttpStatusCode.NotFound)
        {
            throw await RefusedAsync("wait", wait, cancellationToken);
        }
    }

    public async Task<IReadOnlyList<ContainerListResponse>> ListContainersAsync(
        IReadOnlyList<string> labels, CancellationToken cancellationToken)
    {
        var filters = JsonSerializer.Serialize(
            new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["label"] = labels },
            DockerJson.Default.DictionaryStringIReadOnlyListString);
        return await GetAsync(
            $"/containers/json?all=1&filters={Uri.EscapeDataString(filters)}",
            "list",
            DockerJson.Default.IReadOnlyListContainerListResponse,
            cancellationToken) ?? [];
    }

    public void Dispose() => _http.Dispose();

    internal static SandboxException MissingImage(string image) =>
        new($"The sandbox image {image} is missing: run ./codex doctor, or set Sandbox:Image to an image that Docker has.");

    private async Task<T?> GetAsync<T>(string path, string call, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        return response.IsSuccessStatusCode
            ? await ReadAsync(response, type, cancellationToken)
            : throw await RefusedAsync(call, response, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, await PathAsync(path, cancellationToken)) { Content = content };
        return await ExchangeAsync(request, cancellationToken);
    }

    private async Task<string> PathAsync(string path, CancellationToken cancellationToken)
    {
        if (_api is null)
        {
            await PingAsync(cancellationToken);
        }

        return _api + path;
    }

    private async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CallTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SandboxException($"Docker at {_endpoint.Address} did not answer within {CallTimeout.TotalMinutes:0} minutes: restart it.");
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new SandboxException(
                $"Permission to use Docker at {_endpoint.Address} is denied: add the user to the group docker, or set DOCKER_HOST.", e);
        }
        catch (HttpRequestException e)
        {
            throw new SandboxException($"Docker is not reachable at {_endpoint.Address}: start it, or set DOCKER_HOST.", e);
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken)
                ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            throw new SandboxException($"Docker at {_endpoint.Address} sent an answer that makes no sense: {e.Message}", e);
        }
    }

    private static async Task<SandboxException> RefusedAsync(string call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            text = JsonSerializer.Deserialize(text, DockerJson.Default.ErrorResponse)?.Message ?? text;
        }
        catch (JsonException)
        {
            // Not the engine itself but something before it; its text is all there is.
        }

        text = text.ReplaceLineEndings(" ").Trim();
        return new SandboxException(text switch
        {
            _ when text.Contains("runtime specified", StringComparison.OrdinalIgnoreCase)
                || text.Contains("unknown or invalid runtime", StringComparison.OrdinalIgnoreCase) =>
                $"Docker does not know the container runtime: install it or change Sandbox:Runtime ({text}).",
            _ when text.Contains("executable file not found", StringComparison.Ordinal) =>
                $"The sandbox image lacks a program that sandboxes need (python3 and /bin/bash): {text}",
            _ => $"Docker refused to {call} the sandbox ({(int)response.StatusCode}): {text}",
        });
    }
}
