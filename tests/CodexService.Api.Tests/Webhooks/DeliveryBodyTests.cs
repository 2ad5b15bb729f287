using System.Security.Cryptography;
using System.Text;
using CodexService.Api.Webhooks;
using CodexService.GitHub.Webhooks;
using Microsoft.AspNetCore.Http;

namespace CodexService.Api.Tests.Webhooks;

/// <summary>Bodies as they arrive: in pieces, with a length or without, of any size.</summary>
public sealed class DeliveryBodyTests
{
    private const int Limit = 5 << 20;
    private const string Secret = "a secret that nobody guesses";

    public static TheoryData<int, bool> Sizes => new()
    {
        { 0, true }, { 0, false }, { 1, true }, { 1, false }, { (1 << 20) - 1, true }, { 1 << 20, true }, { 1 << 20, false }, { (1 << 20) + 1, true },
        { (3 << 20) + 7, true }, { (3 << 20) + 7, false }, { Limit, true }, { Limit, false },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task ReadAsync_UpToTheLimit_IsTheBodyAndItsSignature(int size, bool isAnnounced)
    {
        var body = new byte[size];
        new Random(size).NextBytes(body);
        var signature = new WebhookSignature(Secret);
        using var check = signature.Begin();

        var read = await ReadAsync(Request(body, isAnnounced ? size : null), check);

        Assert.Equal(body, read);
        Assert.True(check.IsValid($"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body))}"));
    }

    [Fact]
    public async Task ReadAsync_BytesChanged_DoNotFitTheSignature()
    {
        var body = new byte[(2 << 20) + 1];
        var signature = $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body))}";
        body[^1] = 1;
        using var check = new WebhookSignature(Secret).Begin();

        await ReadAsync(Request(body, body.Length), check);

        Assert.False(check.IsValid(signature));
    }

    [Fact]
    public async Task ReadAsync_OneByteMore_IsNotRead()
    {
        using var check = new WebhookSignature(Secret).Begin();
        Assert.Null(await ReadAsync(Request(new byte[Limit + 1], null), check));
    }

    private static async Task<byte[]?> ReadAsync(HttpRequest request, SignatureCheck check)
    {
        using var large = new LargeBodies();
        using var body = new DeliveryBody(request, check, large);
        return (await body.ReadAsync(Limit, default))?.ToArray();
    }

    private static HttpRequest Request(byte[] body, long? length)
    {
        var request = new DefaultHttpContext().Request;
        (request.Body, request.ContentLength) = (new PiecesStream(body), length);
        return request;
    }

    // As from the network: a read brings what has come so far.
    private sealed class PiecesStream(byte[] bytes) : MemoryStream(bytes)
    {
        private const int Piece = 65_537;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, Piece)], cancellationToken);
    }
}
