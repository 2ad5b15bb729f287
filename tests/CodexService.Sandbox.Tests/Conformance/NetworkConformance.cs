namespace CodexService.Sandbox.Tests.Conformance;

/// <summary>What commands try to reach is recorded, whatever they do about it, and nothing of it gets out.</summary>
public abstract class NetworkConformance(SandboxFixture fixture)
{
    // Asks the resolver with the labels as they are, and again when a question got lost among many. Every label is at most 63 bytes.
    private const string Ask =
        """
        import os, socket, struct, sys
        server = ([l.split()[1] for l in open('/etc/resolv.conf') if l.startswith('nameserver')] + ['127.0.0.1'])[0]
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2)
        def query(labels, kind=1):
            return b'\xab\xcd\1\0\0\1\0\0\0\0\0\0' + b''.join(bytes((len(l),)) + l for l in labels) + b'\0' + struct.pack('>HH', kind, 1)
        def ask(labels, kind=1):
            asked, answer = query(labels, kind), b''
            for _ in range(30):
                s.sendto(asked, (server, 53))
                try:
                    # What was asked twice may be answered twice, the second time to a later question.
                    while answer[12:] != asked[12:]:
                        answer = s.recvfrom(4096)[0]
                    break
                except TimeoutError:
                    pass
            assert answer[:2] == b'\xab\xcd' and answer[3] & 15 == 3 and answer[12:] == asked[12:], answer
        """;

    private ISandbox Sandbox => fixture.Shared;

    [Fact]
    public async Task Lookups_OfAnyProgram_AreRecordedWithTheirCount()
    {
        var result = await Sandbox.RunAsync(
            """
            export RES_OPTIONS=timeout:30
            getent ahosts pypi.org; getent ahosts PyPI.org
            python3 -c 'import socket
            for i in range(3):
                try: socket.create_connection(("files.example", 443), 30)
                except OSError as e: print(e)'
            """);
        Assert.Equal("[Errno -2] Name or service not known\n[Errno -2] Name or service not known\n[Errno -2] Name or service not known\n", result.StandardOutputText);
        Assert.True(result.Network is { NamesRecorded: true, AddressesCounted: true, OtherLookups: 0, Addresses: 0 }, result.Network.ToString());
        Assert.Equal(["pypi.org", "files.example"], result.Network.Names.Select(name => name.Name));
        Assert.Equal(3, result.Network.Names[1].Count);
        Assert.Equal(["A", "AAAA"], result.Network.Names[1].Types);
        Assert.True(result.Network.Names[0].Count >= 2, result.Network.Names[0].ToString());
    }

    [Fact]
    public async Task Addresses_ThatNoRouteLeadsTo_AreCounted()
    {
        var result = await Sandbox.RunAsync(
            """
            python3 - <<'END'
            import socket
            for address in ('1.1.1.1', '10.0.0.1', '169.254.169.254', '2606:4700:4700::1111'):
                try: socket.create_connection((address, 80), 30)
                except OSError as e: print(e)
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try: s.sendto(b'x', ('8.8.8.8', 53))
            except OSError as e: print(e)
            END
            """);
        Assert.Equal(string.Concat(Enumerable.Repeat("[Errno 101] Network is unreachable\n", 5)), result.StandardOutputText);
        Assert.Equal(5, result.Network.Addresses);
        Assert.Empty(result.Network.Names);
    }

    [Fact]
    public async Task Loopback_IsNoAttempt()
    {
        var result = await Sandbox.RunAsync(
            """
            python3 - <<'END'
            import http.server, socket, threading, urllib.request
            server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            for name in ('127.0.0.1', 'localhost'):
                urllib.request.urlopen(f'http://{name}:{server.server_port}/').read()
            print(*(socket.gethostbyname(name) for name in (socket.gethostname(), 'db.localhost')))
            print({address[0] for *_, address in socket.getaddrinfo('localhost', 80, socket.AF_INET)}, socket.getfqdn())
            try: socket.gethostbyaddr('127.0.0.7')
            except OSError: pass
            try: socket.create_connection(('127.0.0.1', 1), 30)
            except OSError as e: print(e)
            END
            """);
        Assert.Equal("127.0.0.1 127.0.0.1\n{'127.0.0.1'} sandbox\n[Errno 111] Connection refused\n", result.StandardOutputText);
        Assert.False(result.Network.Any, string.Join(' ', result.Network.Names));
        Assert.True(result.Network is { NamesRecorded: true, AddressesCounted: true });
    }

    [Fact]
    public async Task Sandbox_SumsUpItsCommands_AlsoTheStoppedOnes()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits);
        Assert.False(sandbox.Network.Any);
        await sandbox.RunAsync("getent hosts one.example");
        Assert.False((await sandbox.RunAsync("true")).Network.Any);
        await sandbox.RunAsync(new SandboxCommand("getent hosts two.example; sleep 1000") { Timeout = TimeSpan.FromSeconds(12) }, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sandbox.RunAsync(
            new SandboxCommand("getent hosts ONE.example; getent hosts three.example; echo; sleep 1000") { OnStandardOutput = _ => cancel.Cancel() }, cancel.Token));
        await sandbox.DisposeAsync();
        Assert.Equal(["one.example", "two.example", "three.example"], sandbox.Network.Names.Select(name => name.Name));
        Assert.True(sandbox.Network.Names[0].Count >= 2);
    }

    [Fact]
    public async Task HostileNames_ArriveAsPlainText()
    {
        var result = await Sandbox.RunAsync(
            $$"""
            python3 - <<'END'
            {{Ask}}
            ask([b'line\nbreak', b'`code`'])
            ask([b'[x](http:', b'evil)', b'@someone', b'#1'])
            ask([b'\xff\xfe\x1b[31m', b'<img>'])
            ask([b'a.b', b'c'])
            ask([b'x' * 63, b'y' * 63, b'z' * 63, b'w' * 61])
            ask([bytes((1,)) * 63] * 3)
            ask([])
            ask([b'_dns', b'txt'], 16)
            ask([b'odd'], 65000)
            END
            """);
        Assert.True(result.Succeeded, result.StandardErrorText);
        Assert.Equal(
            [
                @"line\010break.\096code\096", @"\091x\093\040http\058.evil\041.\064someone.\0351", @"\255\254\027\09131m.\060img\062", @"a\046b.c",
                $"{new string('x', 63)}.{new string('y', 63)}.{new string('z', 63)}.{new string('w', 61)}",
                string.Concat(Enumerable.Repeat(@"\001", 63))[..250] + "...", ".", "_dns.txt", "odd",
            ],
            result.Network.Names.Select(name => name.Name));
        Assert.Equal(["TXT", "other"], result.Network.Names.TakeLast(2).Select(name => Assert.Single(name.Types)));
    }

    [Fact]
    public async Task NoQuestions_ArePassedOver()
    {
        var result = await Sandbox.RunAsync(
            $$"""
            python3 - <<'END'
            {{Ask}}
            import random
            junk, noise = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), random.Random(1)
            whole = query([b'whole', b'example'])
            for size in range(len(whole)):
                junk.sendto(whole[:size], (server, 53))
            junk.sendto(whole[:4] + b'\0\0' + whole[6:], (server, 53))
            junk.sendto(whole[:2] + b'\x81' + whole[3:], (server, 53))
            junk.sendto(whole[:12] + b'\xc0\x0c' * 9, (server, 53))
            junk.sendto(whole[:12] + (b'\x3f' + b'x' * 63) * 60, (server, 53))
            for i in range(300):
                junk.sendto(noise.randbytes(i * 3), (server, 53))
            ask([b'after'])
            END
            """);
        Assert.True(result.Succeeded, result.StandardErrorText);
        Assert.Contains(result.Network.Names, name => name.Name == "after");
        Assert.DoesNotContain(result.Network.Names, name => name.Name.StartsWith("whole", StringComparison.Ordinal));
        Assert.Equal("ok\n", await Sandbox.OutputAsync("echo ok"));
    }

    [Fact]
    public async Task Flood_OfNames_IsBounded()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits);
        await sandbox.OutputAsync("true");
        var before = await ResidentKiBAsync(sandbox);
        var result = await sandbox.RunAsync(
            $$"""
            python3 - <<'END'
            {{Ask}}
            for i in range(100000):
                s.sendto(query([b'%d' % i + b'x' * 50, b'y' * 63, b'z' * 63, b'example']), (server, 53))
            END
            echo done; head -c 3000000 /dev/zero
            """);
        Assert.True(result.Succeeded, result.StandardErrorText);
        Assert.Equal(3_000_005, result.StandardOutput.Length);
        Assert.Equal(NetworkAttempts.MostNames, result.Network.Names.Count);
        Assert.InRange(result.Network.OtherLookups, 1, 100_000);
        Assert.InRange(await ResidentKiBAsync(sandbox) - before, -100_000, 4096);
        Assert.Equal(NetworkAttempts.MostNames, sandbox.Network.Names.Count);
    }

    [Fact]
    public async Task TheRecorder_CannotBeReplacedOrKilled()
    {
        var result = await Sandbox.RunAsync(
            """
            python3 - <<'END'
            import os, signal, socket
            for address in ('127.0.0.1', '0.0.0.0', ''):
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
                    s.setsockopt(socket.SOL_SOCKET, option, 1)
                try: s.bind((address, 53)); print('bound', address)
                except OSError as e: print(e.errno)
            for signal in (signal.SIGKILL, signal.SIGSTOP):
                try: os.kill(1, signal)
                except OSError: pass
            END
            echo nameserver 1.1.1.1 2>/dev/null >/etc/resolv.conf
            getent hosts still.example; kill -9 -1
            """);
        Assert.StartsWith("98\n98\n98\n", result.StandardOutputText, StringComparison.Ordinal);
        Assert.Equal("still.example", Assert.Single(result.Network.Names).Name);
        Assert.Equal("ok\n", await Sandbox.OutputAsync("echo ok"));
    }

    private static async Task<long> ResidentKiBAsync(ISandbox sandbox) =>
        long.Parse(await sandbox.OutputAsync("while read -r key value _; do [ $key = VmRSS: ] && echo $value; done </proc/1/status; true"), System.Globalization.CultureInfo.InvariantCulture);
}
