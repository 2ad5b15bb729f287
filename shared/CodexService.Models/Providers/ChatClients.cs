using CodexService.Models.Configuration;
using Microsoft.Extensions.AI;

namespace CodexService.Models.Providers;

/// <summary>Makes the clients of the configured models; they share one connection pool. Thread-safe.</summary>
internal sealed class ChatClients : IDisposable
{
    private readonly TimeProvider time;
    private readonly SocketsHttpHandler network = Pool(useProxy: true);
    private readonly SocketsHttpHandler local = Pool(useProxy: false);

    /// <summary>Creates the pool.</summary>
    public ChatClients(TimeProvider time) => this.time = time;

    /// <summary>A client of one model.</summary>
    public IChatClient For(ModelOptions model) => model.Provider switch
    {
        ModelProvider.Anthropic => new AnthropicChatClient(model, Http(model)),
        _ => new OpenAIChatClient(model, Http(model)),
    };

    /// <summary>Plain HTTP to one model's endpoint with its key, failures told as by its client.</summary>
    public HttpClient Plain(ModelOptions model)
    {
        var http = Http(model);
        if (model.Provider == ModelProvider.Anthropic)
        {
            http.DefaultRequestHeaders.Add("x-api-key", model.Key);
            http.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        }
        else if (model.Key is not null)
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", model.Key);
        }

        return http;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        network.Dispose();
        local.Dispose();
    }

    private HttpClient Http(ModelOptions model) => new(
        new EndpointHandler(new Shared(model.Url.IsLoopback ? local : network), model.Key, time)) { Timeout = Timeout.InfiniteTimeSpan };

    // No redirects: they would carry the prompt to where nobody configured it.
    private static SocketsHttpHandler Pool(bool useProxy) => new()
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
        UseProxy = useProxy,
    };

    // Clients dispose their handlers; the pool outlives them.
    private sealed class Shared(SocketsHttpHandler pool) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker invoker = new(pool, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            invoker.SendAsync(request, cancellationToken);
    }
}
